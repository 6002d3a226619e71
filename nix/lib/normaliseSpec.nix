# What the user wrote, checked, with every default filled in: { name, kind, value, files, pin,
# security }.
# Agrees with the core's reading of a spec (wasm/spec, docs/spec.md), for which there are tests.
{
  checkAttributes,
  fail,
  filePatterns,
  lockEntry,
  normaliseSecurity,
  normaliseSource,
  pinOf,
  readLock,
  schema,
  selectFiles,
  storeName,
  types,
  ...
}:

let
  inherit (builtins)
    attrNames
    elem
    filter
    head
    isString
    match
    toJSON
    ;

  invalid = message: fail "SPEC_INVALID" { inherit message; };

  checked = checkAttributes {
    path = "";
    known = schema.attributes;
  };

  # Names from the requirements without a meaning yet: refused, never silently ignored.
  refuseUnsupported =
    spec:
    let
      found = filter (name: elem name schema.unsupported) (attrNames spec);
    in
    if found == [ ] then
      spec
    else
      fail "SPEC_INVALID" {
        message = "`${head found}` is not supported by this version";
        remedies = [ "Leave it out; docs/spec.md lists what this version understands." ];
      };

  # A derivation's name leaves room for ".drv" below the 211 characters of a store name.
  checkName =
    name:
    if
      isString name
      && match "[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]{0,206}" name != null
      && match ".*[.]drv" name == null
    then
      name
    else
      fail "NAME_INVALID" {
        message = "Not a valid store name: ${toJSON name}";
        remedies = [
          (
            ''Use `name = "${storeName (toString name)}"`, or another name: 1 to 207 characters of ''
            + "A-Z a-z 0-9 + - . _ ? =, the first of them no dot, not ending in .drv."
          )
        ];
      };

  nameOf =
    source:
    let
      title = types.${source.kind}.defaultName source.value;
    in
    if title == null then null else storeName title;

  # Patterns stand in the source or at the top of a spec.
  patternsOf =
    spec: source:
    if source == null || source.files == null then
      spec.files or null
    else if spec ? files then
      invalid "`source.${source.kind}.files` and `files` are both given: keep one"
    else
      source.files;

  # Why a lock does not fit the spec; null where it does. Null stands for what is not given.
  staleness =
    {
      named,
      locked,
      patterns,
      lock,
    }:
    let
      describe =
        source:
        let
          type = types.${source.kind};
        in
        type.describe (type.complete source.value { });
      isSame =
        named.kind == locked.kind
        && types.${named.kind}.agrees {
          source = named.value;
          locked = locked.value;
          revision = lock.revision or null;
        };
    in
    if named != null && !isSame then
      {
        message = "The lock was made for another source";
        wanted = describe named;
        found = describe locked;
      }
    else if
      patterns != null && lock.files != null && filePatterns patterns != filePatterns lock.files
    then
      {
        message = "The lock was made with other `files` patterns";
        wanted = toJSON (filePatterns patterns);
        found = toJSON (filePatterns lock.files);
      }
    else
      null;
in

given:
let
  spec = refuseUnsupported (checked given);
  named = if spec ? source then normaliseSource spec.source else null;
  patterns = patternsOf spec named;

  lock =
    if spec ? lock then
      lockEntry {
        lock = readLock spec.lock;
        name = spec.name or (if named == null then null else nameOf named);
      }
    else
      null;
  locked = if lock == null then null else normaliseSource lock.source;
  stale = if lock == null then null else staleness { inherit named locked patterns lock; };

  # What the spec leaves open comes from the lock.
  firstOf = filter (value: value != null);
  sources = firstOf [
    named
    locked
  ];
  source = if sources == [ ] then invalid "The spec has no `source`" else head sources;
  files = filePatterns (
    head (firstOf [
      patterns
      (lock.files or null)
      [ ]
    ])
  );
  names = firstOf [
    (spec.name or null)
    (lock.name or null)
    (nameOf source)
  ];
  pin = pinOf { inherit spec source lock; };
in
if stale != null then
  fail "LOCK_STALE" stale
else
  {
    name =
      if names == [ ] then
        invalid "The spec has no `name`, which several addresses do not suggest"
      else
        checkName (head names);
    inherit (source) kind;
    value = types.${source.kind}.complete source.value (if locked == null then { } else locked.value);
    inherit files;
    security = normaliseSecurity (spec.security or { });
    pin = pin // (if pin ? contents then { contents = selectFiles files pin.contents; } else { });
  }

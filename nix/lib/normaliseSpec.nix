# What the user wrote, checked, with every default filled in: { name, kind, value, files, pin }.
# Agrees with the core's reading of a spec (wasm/spec, docs/spec.md), for which there are tests.
{
  checkAttributes,
  checkPaths,
  fail,
  filePatterns,
  lockEntry,
  normaliseSource,
  parseHash,
  readLock,
  schema,
  selectFiles,
  storeName,
  types,
  ...
}:

let
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    elem
    filter
    head
    isAttrs
    isString
    length
    listToAttrs
    map
    match
    sort
    toJSON
    ;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

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
          ''Use `name = "${storeName (toString name)}"`, or another name: 1 to 207 characters of A-Z a-z 0-9 + - . _ ? =, the first of them no dot, not ending in .drv.''
        ];
      };

  nameOf =
    source:
    let
      title = types.${source.kind}.defaultName source.value;
    in
    if title == null then null else storeName title;

  # Both are the source's own way to write the patterns of a spec.
  patternsOf =
    spec: source:
    if source.files or null == null then
      spec.files or null
    else if spec ? files then
      invalid "`source.${source.kind}.files` and `files` are both given: keep one" null
    else
      source.files;

  contentsOf =
    fileHashes:
    if !(isAttrs fileHashes) || fileHashes == { } then
      invalid "`fileHashes` does not map files to hashes" (toJSON fileHashes)
    else
      map (path: {
        inherit path;
        hash = parseHash path fileHashes.${path};
      }) (checkPaths (attrNames fileHashes));

  # A url source whose every file has a hash is pinned by that.
  hashesOf =
    source:
    let
      files = source.value.urls or [ ];
      pair = file: {
        name = file.path;
        value = file.hash;
      };
    in
    if files != [ ] && all (file: file ? hash) files then listToAttrs (map pair files) else null;

  pinOf =
    spec: source: lock:
    let
      pins = filter (name: spec ? ${name} && spec.${name} != "") [
        "hash"
        "fileHashes"
        "lock"
      ];
      fileHashes = spec.fileHashes or (hashesOf source);
    in
    if length pins > 1 then
      invalid "`hash`, `fileHashes` and `lock` exclude each other: keep one" (
        concatStringsSep ", " pins
      )
    else if elem "hash" pins then
      {
        kind = "hash";
        hash = parseHash "hash" spec.hash;
      }
    else if elem "lock" pins then
      {
        kind = "files";
        contents = sort (a: b: a.path < b.path) lock.contents;
      }
      // builtins.intersectAttrs { revision = null; } lock
    else if fileHashes != null then
      {
        kind = "files";
        contents = contentsOf fileHashes;
      }
    else
      { kind = null; };
in

given:
let
  spec = refuseUnsupported (checked given);
  named = if spec ? source then normaliseSource spec.source else null;
  lock =
    if spec ? lock then
      lockEntry {
        lock = readLock spec.lock;
        name = spec.name or (if named == null then null else nameOf named);
      }
    else
      null;
  locked = if lock == null then null else normaliseSource lock.source;

  source =
    if named != null then
      named
    else if locked != null then
      locked
    else
      invalid "The spec has no `source`" null;
  type = types.${source.kind};
  value = type.complete source.value (if locked == null then { } else locked.value);

  ownPatterns = patternsOf spec (if named == null then { } else named);
  lockedPatterns = lock.files or null;
  patterns = filePatterns (
    if ownPatterns != null then
      ownPatterns
    else if lockedPatterns != null then
      lockedPatterns
    else
      [ ]
  );

  # What the lock would have to be of, and is not; null where it is fresh.
  stale =
    if lock == null then
      null
    else if named != null && !(isSame named) then
      {
        message = "The lock was made for another source";
        wanted = type.describe value;
        found = types.${locked.kind}.describe (types.${locked.kind}.complete locked.value { });
      }
    else if
      ownPatterns != null && lockedPatterns != null && filePatterns lockedPatterns != patterns
    then
      {
        message = "The lock was made with other `files` patterns";
        wanted = toJSON patterns;
        found = toJSON (filePatterns lockedPatterns);
      }
    else
      null;
  isSame =
    source:
    source.kind == locked.kind
    && type.agrees {
      source = source.value;
      locked = locked.value;
      revision = lock.revision or null;
    };

  name = spec.name or (if named == null then null else nameOf named);
      }
    else
      null;
  locked = if lock == null then null else normaliseSource lock.source;

  source =
    if named != null then
      named
    else if locked != null then
      locked
    else
      invalid "The spec has no `source`" null;
  type = types.${source.kind};
  value = type.complete source.value (if locked == null then { } else locked.value);

  ownPatterns = patternsOf spec (if named == null then { } else named);
  lockedPatterns = lock.files or null;
  patterns = filePatterns (
    if ownPatterns != null then
      ownPatterns
    else if lockedPatterns != null then
      lockedPatterns
    else
      [ ]
  );

  # What the lock would have to be of, and is not; null where it is fresh.
  stale =
    if lock == null || named == null then
      null
    else if
      named.kind != locked.kind
      || !(type.agrees {
        source = named.value;
        locked = locked.value;
        revision = lock.revision or null;
      })
    then
      {
        message = "The lock was made for another source";
        wanted = type.describe value;
        found = types.${locked.kind}.describe (types.${locked.kind}.complete locked.value { });
      }
    else if
      ownPatterns != null && lockedPatterns != null && filePatterns lockedPatterns != patterns
    then
      {
        message = "The lock was made with other `files` patterns";
        wanted = toJSON patterns;
        found = toJSON (filePatterns lockedPatterns);
      }
    else
      null;

  name = spec.name or (if lock.name or null == null then nameOf source else lock.name);
  pin = pinOf spec source lock;
in
if stale != null then
  fail "LOCK_STALE" stale
else
  {
    name =
      if name == null then
        invalid "The spec has no `name`, which several addresses do not suggest" null
      else
        checkName name;
    inherit (source) kind;
    inherit value;
    files = patterns;
    pin = pin // (if pin ? contents then { contents = selectFiles patterns pin.contents; } else { });
  }

# What the user wrote, checked, with every default filled in: name, source, file patterns and pin.
# Agrees with the core's reading of a spec (docs/spec.md); attributes that only Nix has are named
# here.
{
  checkAttributes,
  checkPath,
  fail,
  normaliseSource,
  parseHash,
  readLock,
  schema,
  storeName,
  types,
  ...
}:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    isAttrs
    isList
    isString
    map
    match
    toJSON
    ;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  checked = checkAttributes {
    what = "The spec";
    known = schema.known ++ [ "system" ];
  };

  # Names from the requirements whose meaning is not built yet: never silently ignored.
  refuseUnsupported =
    spec:
    let
      found = filter (name: elem name schema.unsupported) (attrNames spec);
    in
    if found == [ ] then
      spec
    else
      invalid "The spec uses an attribute that is not supported by this version" (
        concatStringsSep ", " found
      );

  checkName =
    name:
    if isString name && match "[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]{0,210}" name != null then
      name
    else
      fail "NAME_INVALID" {
        message = "This is not a valid store name";
        found = toJSON name;
      };

  patterns =
    files:
    if files == null then
      {
        include = [ ];
        exclude = [ ];
      }
    else if isList files then
      {
        include = filter (glob: match "!.*" glob == null) files;
        exclude = map (glob: builtins.substring 1 (-1) glob) (filter (glob: match "!.*" glob != null) files);
      }
    else if isAttrs files then
      {
        include = files.include or [ ];
        exclude = files.exclude or [ ];
      }
    else
      invalid "`files` is neither a list of patterns nor { include, exclude }" (toJSON files);

  pinOf =
    spec: source: lock:
    let
      given = filter (name: spec ? ${name} && spec.${name} != "") [
        "hash"
        "fileHashes"
        "lock"
      ];
      ownHashes = source.value.fileHashes or null;
    in
    if builtins.length given > 1 then
      invalid "The spec is pinned twice: of `hash`, `fileHashes` and `lock` one is enough" (
        concatStringsSep ", " given
      )
    else if given == [ "hash" ] then
      {
        kind = "hash";
        hash = parseHash "hash" spec.hash;
      }
    else if given == [ "lock" ] then
      { kind = "files"; } // removeAttrs lock [ "name" ]
    else if given == [ "fileHashes" ] || ownHashes != null then
      {
        kind = "files";
        contents = contentsOf (spec.fileHashes or ownHashes);
      }
    else
      { kind = null; };

  contentsOf =
    fileHashes:
    map (path: {
      path = checkPath path;
      hash = parseHash path fileHashes.${path};
    }) (attrNames fileHashes);
in

given:
let
  spec = refuseUnsupported (checked given);
  named = if spec ? source then normaliseSource spec.source else null;
  defaultName = source: storeName (types.${source.kind}.defaultName source.value);

  lock = readLock {
    inherit (spec) lock;
    name =
      if spec ? name then
        spec.name
      else if named != null then
        defaultName named
      else
        null;
  };

  locked = normaliseSource lock.source;
  withoutEndpoint = source: source // { value = removeAttrs source.value [ "endpoint" ]; };
  source =
    if spec ? lock && named != null && withoutEndpoint named != withoutEndpoint locked then
      fail "LOCK_STALE" {
        message = "The lock is of another source than the spec";
        wanted = types.${named.kind}.describe named.value;
        found = types.${locked.kind}.describe locked.value;
      }
    else if named != null then
      named
    else if spec ? lock then
      locked
    else
      invalid "The spec has no `source`" null;

  files =
    if source.files != null && spec ? files then
      invalid "`files` stands in the source and at the top: one of them is enough" null
    else
      patterns (spec.files or source.files);
in
{
  name = checkName (spec.name or (if spec ? lock && lock.name != null then lock.name else defaultName source));
  inherit (source) kind value;
  inherit files;
  source.${source.kind} = source.value;
  pin = pinOf spec source lock;
}

# What the user wrote, checked, with every default filled in: { name, kind, value, source, files,
# pin }. Agrees with the core's reading of a spec (docs/spec.md).
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
    isString
    length
    map
    match
    removeAttrs
    toJSON
    ;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  checked = checkAttributes {
    what = "The spec";
    # `system` has a meaning in Nix only: where to build.
    known = schema.attributes ++ [ "system" ];
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
      invalid "The spec uses what this version does not support" (concatStringsSep ", " found);

  checkName =
    name:
    if isString name && match "[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]{0,210}" name != null then
      name
    else
      fail "NAME_INVALID" {
        message = "Not a valid store name";
        found = toJSON name;
      };

  contentsOf =
    fileHashes:
    if !(isAttrs fileHashes) || fileHashes == { } then
      invalid "`fileHashes` does not map files to hashes" (toJSON fileHashes)
    else
      map (path: {
        inherit path;
        hash = parseHash path fileHashes.${path};
      }) (checkPaths (attrNames fileHashes));

  # A url source whose every file has a hash needs no other pin.
  hashesOf =
    source:
    let
      files = source.value.urls or [ ];
    in
    if files != [ ] && builtins.all (file: file ? hash) files then
      builtins.listToAttrs (
        map (file: {
          name = file.path;
          value = file.hash;
        }) files
      )
    else
      null;

  pinOf =
    spec: source: lock:
    let
      pins = filter (name: spec ? ${name} && spec.${name} != "") [
        "hash"
        "fileHashes"
        "lock"
      ];
      hashes = hashesOf source;
    in
    if length pins > 1 then
      invalid "The spec is pinned more than once" (concatStringsSep ", " pins)
    else if pins == [ "hash" ] then
      {
        kind = "hash";
        hash = parseHash "hash" spec.hash;
      }
    else if pins == [ "lock" ] then
      { kind = "files"; } // lock
    else if pins == [ "fileHashes" ] || hashes != null then
      {
        kind = "files";
        contents = contentsOf (spec.fileHashes or hashes);
      }
    else
      { kind = null; };

  nameOf = source: storeName (types.${source.kind}.defaultName source.value);

  # The same repository through another hub is the same source.
  identity = source: {
    inherit (source) kind;
    value = removeAttrs source.value [ "endpoint" ];
  };
  describe = source: types.${source.kind}.describe source.value;
in

given:
let
  spec = refuseUnsupported (checked given);
  named = if spec ? source then normaliseSource spec.source else null;

  lock = lockEntry {
    lock = readLock spec.lock;
    name = spec.name or (if named == null then null else nameOf named);
  };
  locked = normaliseSource lock.source;

  source =
    if spec ? lock && named != null && identity named != identity locked then
      fail "LOCK_STALE" {
        message = "The lock is of another source than the spec";
        wanted = describe named;
        found = describe locked;
      }
    else if named != null then
      named
    else if spec ? lock then
      locked
    else
      invalid "The spec has no `source`" null;

  patterns =
    if source.files != null && spec ? files then
      invalid "`files` stands both in the source and at the top" null
    else
      spec.files or source.files;

  ownName = spec.name or (if spec ? lock then lock.name else null);
in
{
  name = checkName (if ownName != null then ownName else nameOf source);
  inherit (source) kind value;
  source.${source.kind} = source.value;
  files = filePatterns (if patterns == null then [ ] else patterns);
  pin = pinOf spec source lock;
}

# What pins the bytes of a checked spec: { kind = "hash"; hash; }, { kind = "files"; contents; } or
# { kind = null; }. `lock` is the model's checked lock entry, or null.
{
  checkPaths,
  fail,
  parseHash,
  ...
}:

let
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    elem
    filter
    intersectAttrs
    isAttrs
    length
    listToAttrs
    map
    sort
    toJSON
    ;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

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
in

{
  spec,
  source,
  lock,
}:
let
  # An empty hash is one that is not known yet.
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
  // intersectAttrs { revision = null; } lock
else if fileHashes != null then
  {
    kind = "files";
    contents = contentsOf fileHashes;
  }
else
  { kind = null; }

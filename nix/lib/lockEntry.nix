# The checked entry of one model: { name, source, files, revision?, contents }. `lock` is a lock
# file's content or one entry of it; `name` may be null where the file holds one model only.
{
  checkPaths,
  fail,
  withoutNulls,
  ...
}:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    deepSeq
    foldl'
    head
    intersectAttrs
    isAttrs
    isInt
    isList
    isString
    length
    map
    match
    toJSON
    typeOf
    ;

  lockVersion = 1;

  invalid =
    subject: why: found:
    fail "LOCK_INVALID" {
      message = "The lock file is not valid: ${why}";
      inherit subject found;
    };

  missing =
    name: names:
    fail "LOCK_MISSING_MODEL" {
      message =
        if name == null then
          "The lock file has several models: `name` must say which"
        else
          ''The lock file has no model named "${name}"'';
      found = if names == [ ] then "no models" else concatStringsSep ", " names;
    };

  choose =
    lock: name:
    let
      names = attrNames lock.models;
      chosen = if name == null then head names else name;
    in
    if lock.version or null != lockVersion then
      invalid "version" "its version is unknown" (toJSON (lock.version or null))
    else if !(isAttrs lock.models) then
      invalid "models" "it is no attribute set" (typeOf lock.models)
    else if (name == null && length names != 1) || !(lock.models ? ${chosen}) then
      missing name names
    else
      {
        name = chosen;
        entry = lock.models.${chosen};
      };

  checkFile =
    subject: file:
    if !(isAttrs file && isString (file.path or null)) then
      invalid subject "a file has no path" (typeOf file)
    else if !(isInt (file.size or null) && file.size >= 0) then
      invalid subject ''"${file.path}" has no valid size'' (toJSON (file.size or null))
    else if !(isString (file.sha256 or null) && match "[0-9a-f]{64}" file.sha256 != null) then
      invalid subject ''"${file.path}" has no sha256 of 64 hexadecimal digits'' (
        toJSON (file.sha256 or null)
      )
    else if !(isString (file.version or "")) then
      invalid subject ''"${file.path}" has a version that is no text'' (toJSON file.version)
    else
      {
        inherit (file) path size;
        hash = {
          algorithm = "sha256";
          digest = file.sha256;
        };
      }
      // intersectAttrs { version = null; } file;

  check =
    { name, entry }:
    let
      subject = if name == null then "entry" else ''model "${name}"'';
      contents = map (file: checkFile subject (if isAttrs file then withoutNulls file else file)) entry.contents;
      sum = foldl' (sum: file: sum + file.size) 0 contents;
    in
    if !(isAttrs entry && isAttrs (entry.source or null)) then
      invalid subject "it has no `source`" null
    else if !(isList (entry.contents or null) && entry.contents != [ ]) then
      invalid subject "it has no `contents`, the list of its files" null
    else if entry.totalSize or null != null && entry.totalSize != sum then
      invalid subject "`totalSize` is not the sum of its files" (toJSON entry.totalSize)
    else
      # A hostile path is found before anything else is looked at.
      deepSeq (checkPaths (map (file: file.path) contents)) (
        {
          inherit name contents;
          inherit (entry) source;
          files = entry.files or null;
        }
        // intersectAttrs { revision = null; } (withoutNulls entry)
      );
in

{ lock, name }:
if lock ? contents then
  check {
    inherit name;
    entry = lock;
  }
else if lock ? models then
  check (choose lock name)
else
  invalid "lock" "it is neither a lock file nor an entry of one" (toString (attrNames lock))

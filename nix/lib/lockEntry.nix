# The checked entry of one model: { name, source, contents, revision?, totalSize? }. `lock` is a lock
# file's content or one entry of it; `name` may be null where it holds one model only.
{
  checkPaths,
  fail,
  parseHash,
  schema,
  withoutNulls,
  ...
}:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    deepSeq
    elem
    filter
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
          "The lock file holds several models: choose one by `name`"
        else
          ''The lock file has no model named "${name}"'';
      found = if names == [ ] then "no models" else concatStringsSep ", " names;
    };

  choose =
    lock: name:
    let
      names = attrNames lock.models;
    in
    if lock.version or null != lockVersion then
      invalid "version" "its version is unknown" (toJSON (lock.version or null))
    else if !(isAttrs (lock.models or null)) then
      invalid "models" "it is not an object" (typeOf (lock.models or null))
    else if name != null && lock.models ? ${name} then
      {
        inherit name;
        entry = lock.models.${name};
      }
    else if name == null && length names == 1 then
      {
        name = head names;
        entry = lock.models.${head names};
      }
    else
      missing name names;

  checkFile =
    subject: file:
    if !(isAttrs file && isString (file.path or null)) then
      invalid subject "a file has no path" (typeOf file)
    else if !(isInt (file.size or null) && file.size >= 0) then
      invalid subject ''"${file.path}" has no valid size'' (toJSON (file.size or null))
    else if !(isString (file.sha256 or null) && match "[0-9a-f]{64}" file.sha256 != null) then
      invalid subject ''"${file.path}" has no valid sha256 (64 hexadecimal digits)'' (
        toJSON (file.sha256 or null)
      )
    else
      {
        inherit (file) path size sha256;
        hash = parseHash file.path file.sha256;
      };

  check =
    { name, entry }:
    let
      subject = if name == null then "entry" else ''model "${name}"'';
      known = schema.attributesOf "lockEntry";
      unknown = filter (attribute: !(elem attribute known)) (attrNames entry);
      contents = map (checkFile subject) entry.contents;
      paths = checkPaths (map (file: file.path) contents);
    in
    if !(isAttrs entry) then
      invalid subject "it is not an object" (typeOf entry)
    else if unknown != [ ] then
      invalid subject "it has an unknown attribute" (head unknown)
    else if entry.source or null == null then
      invalid subject "it has no `source`" null
    else if !(isList (entry.contents or null)) then
      invalid subject "`contents` is not a list" (typeOf (entry.contents or null))
    else
      # `paths` throws at a hostile one before anything else is looked at.
      deepSeq paths intersectAttrs {
        revision = null;
        source = null;
        totalSize = null;
      } (withoutNulls entry)
      // {
        inherit name contents;
      };
in

{ lock, name }:
check (
  if lock ? models || lock ? version then
    choose lock name
  else
    {
      inherit name;
      entry = lock;
    }
)

# The entry of one model from a lock: the path of models.lock.json, its parsed content, or an entry
# taken out of it. `name` chooses; where it is null, the lock must hold exactly one model.
{
  checkPath,
  fail,
  parseHash,
  ...
}:

let
  inherit (builtins)
    addErrorContext
    attrNames
    concatStringsSep
    fromJSON
    head
    isAttrs
    isInt
    isList
    isPath
    isString
    length
    map
    pathExists
    readFile
    typeOf
    ;

  lockVersion = 1;

  invalid =
    subject: message: found:
    fail "LOCK_INVALID" {
      message = "The lock file is not valid: ${message}";
      inherit subject found;
    };

  readFileOf =
    file:
    if pathExists file then
      addErrorContext "while reading the lock file ${toString file} [LOCK_INVALID]" (
        fromJSON (readFile file)
      )
    else
      fail "LOCK_INVALID" {
        message = "There is no lock file here";
        subject = toString file;
        remedies = [ "Write it with `nix-ai-model lock NAME=huggingface:org/name`." ];
      };

  choose =
    lock: name:
    let
      names = attrNames lock.models;
      chosen = if name != null then name else head names;
    in
    if lock.version or null != lockVersion then
      invalid "lock" "its version is unknown" (builtins.toJSON (lock.version or null))
    else if !(isAttrs lock.models) then
      invalid "lock" "`models` is not an attribute set" (typeOf lock.models)
    else if name == null && length names != 1 || !(lock.models ? ${chosen}) then
      fail "LOCK_MISSING_MODEL" {
        message =
          if name == null then
            "The lock file holds several models: choose one by `name`"
          else
            "The lock file has no model named \"${name}\"";
        found = if names == [ ] then "no models" else concatStringsSep ", " names;
      }
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
      invalid subject "a file has no valid size" file.path
    else
      {
        path = checkPath file.path;
        inherit (file) size sha256;
        hash = parseHash file.path file.sha256;
      };

  check =
    { name, entry }:
    let
      subject = if name == null then "lock" else "model \"${name}\"";
    in
    if !(isAttrs entry && entry ? source && isList (entry.contents or null)) then
      invalid subject "it has no `source` or no `contents`" null
    else
      {
        inherit name;
        inherit (entry) source;
        contents = map (checkFile subject) entry.contents;
      }
      // (if entry ? revision then { inherit (entry) revision; } else { })
      // (if entry ? totalSize then { inherit (entry) totalSize; } else { });
in

{ lock, name }:
let
  value = if isPath lock || isString lock then readFileOf lock else lock;
in
if !(isAttrs value) then
  invalid "lock" "it is not an attribute set" (typeOf value)
else if value ? models then
  check (choose value name)
else
  check {
    inherit name;
    entry = value;
  }

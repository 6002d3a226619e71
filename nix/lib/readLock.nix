# A lock's content from what a spec may give as `lock`: the path of models.lock.json, or its parsed
# content (returned as it is). One entry of it passes through, too.
{ fail, ... }:

let
  inherit (builtins)
    addErrorContext
    fromJSON
    isAttrs
    isPath
    isString
    match
    pathExists
    readFile
    stringLength
    substring
    typeOf
    ;

  # Nix's own JSON error does not say which file it is about, and no expression can catch it.
  ends =
    text:
    let
      length = stringLength text;
    in
    substring 0 1 text + substring (if length > 9 then length - 9 else 1) 9 text;
in

lock:
if isAttrs lock then
  lock
else if !(isPath lock || isString lock) then
  fail "LOCK_INVALID" {
    message = "`lock` is neither the path of a lock file nor its content";
    found = typeOf lock;
  }
else if !(pathExists lock) then
  fail "LOCK_INVALID" {
    message = "There is no lock file here";
    subject = toString lock;
    remedies = [
      "Write it: nix-ai-model lock NAME=huggingface:org/name"
      "In a flake, `git add` it: Nix sees only files that git knows."
    ];
  }
else if match "[{].*[}][[:space:]]*" (ends (readFile lock)) == null then
  fail "LOCK_INVALID" {
    message = "The lock file is not valid: it is not a JSON object, or cut off";
    subject = toString lock;
  }
else
  addErrorContext "while reading the lock file ${toString lock} [LOCK_INVALID]" (
    fromJSON (readFile lock)
  )

# A valid store name made of any text, by the same rule as the core's `storeName`.
{ ... }:

let
  inherit (builtins)
    concatStringsSep
    elemAt
    isString
    map
    match
    split
    stringLength
    substring
    ;

  maxLength = 211;
in

text:
let
  replaced = concatStringsSep "" (
    map (part: if isString part then part else "-") (split "[^A-Za-z0-9+._?=-]+" text)
  );
  undotted = elemAt (match "[.]*(.*)" replaced) 0;
  length = stringLength undotted;
  tail = substring (if length > maxLength then length - maxLength else 0) maxLength undotted;
in
if tail == "" then "unnamed" else tail

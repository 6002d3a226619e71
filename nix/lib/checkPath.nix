# A file's path inside a model, refused where it could leave the model's folder or mean another
# file elsewhere. A hub's listing is not trusted to be honest.
{ fail, ... }:

let
  inherit (builtins)
    isString
    match
    toJSON
    typeOf
    ;
  hostile =
    found:
    fail "HOSTILE_NAME" {
      message = "This is not a file name that a model may contain";
      inherit found;
    };
in

path:
if !(isString path) then
  hostile (typeOf path)
else if match "[^/\\[:cntrl:]]+(/[^/\\[:cntrl:]]+)*" path == null then
  hostile (toJSON path)
else if match "(.*/)?[.][.]?(/.*)?" path != null then
  hostile (toJSON path)
else
  path

# A source however it was written (tagged, flat or in short form) as { kind; value; }: the kind's
# name and its checked attributes.
{
  fail,
  nearest,
  types,
  ...
}:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    elemAt
    filter
    head
    isAttrs
    isString
    length
    match
    removeAttrs
    typeOf
    ;

  kinds = attrNames types;
  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  unknownKind =
    found:
    let
      suggestion = nearest kinds found;
    in
    fail "SPEC_UNKNOWN_ATTRIBUTE" {
      message = "`source` names no known kind of source";
      inherit found;
      wanted = if suggestion == null then "one of ${concatStringsSep ", " kinds}" else suggestion;
    };

  tagged = kind: value: { inherit kind value; };

  ofShortForm =
    text:
    let
      parts = match "([a-z0-9]+):(.+)" text;
      prefix = head parts;
      fitting = filter (kind: elem prefix types.${kind}.shortForms) kinds;
      kind = head fitting;
      rest = if match "//.*" (elemAt parts 1) == null then elemAt parts 1 else text;
    in
    if parts == null then
      invalid "`source` is not of the form huggingface:org/name@revision or an address" text
    else if fitting == [ ] then
      unknownKind prefix
    else
      tagged kind (types.${kind}.parseShortForm rest);

  ofAttributes =
    source:
    if source ? source then
      tagged source.source (removeAttrs source [ "source" ])
    else if length (attrNames source) == 1 then
      tagged (head (attrNames source)) source.${head (attrNames source)}
    else
      invalid "`source` takes one kind of source" (concatStringsSep ", " (attrNames source));
in

source:
let
  given =
    if isString source then
      ofShortForm source
    else if isAttrs source then
      ofAttributes source
    else
      invalid "`source` is neither a text nor an attribute set" (typeOf source);
  inherit (given) kind value;
in
if !(isString kind && types ? ${kind}) then
  unknownKind (if isString kind then kind else typeOf kind)
else
  {
    inherit kind;
    files = value.files or null;
    value = types.${kind}.normalise (if isAttrs value then removeAttrs value [ "files" ] else value);
  }

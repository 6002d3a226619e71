# A source however it was written (tagged, flat or in short form) as { kind; value; files; }: the
# kind's name, its checked attributes, and the file patterns that stood among them.
{
  fail,
  nearest,
  types,
  withoutNulls,
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
      wanted = if suggestion == null then "one of ${concatStringsSep ", " kinds}" else suggestion;
      inherit found;
    };

  ofShortForm =
    text:
    let
      parts = match "([a-z0-9]+):(.+)" text;
      prefix = head parts;
      rest = elemAt parts 1;
      fitting = filter (kind: elem prefix types.${kind}.shortForms) kinds;
      kind = head fitting;
      isAddress = match "//.*" rest != null;
    in
    if parts == null then
      invalid "`source` is neither huggingface:org/name@revision nor an address" text
    else if fitting == [ ] then
      unknownKind prefix
    else
      {
        inherit kind;
        value = types.${kind}.parseShortForm (if isAddress then text else rest);
      };

  ofAttributes =
    source:
    let
      names = attrNames source;
    in
    if source ? source then
      {
        kind = source.source;
        value = removeAttrs source [ "source" ];
      }
    else if length names == 1 then
      {
        kind = head names;
        value = source.${head names};
      }
    else
      invalid "`source` takes exactly one kind of source" (
        if names == [ ] then "none" else concatStringsSep ", " names
      );
in

source:
let
  inherit
    (
      if isString source then
        ofShortForm source
      else if isAttrs source then
        ofAttributes (withoutNulls source)
      else
        invalid "`source` is neither a text nor an attribute set" (typeOf source)
    )
    kind
    value
    ;
in
if !(isString kind && types ? ${kind}) then
  unknownKind (if isString kind then kind else typeOf kind)
else
  {
    inherit kind;
    value = types.${kind}.normalise (if isAttrs value then removeAttrs value [ "files" ] else value);
    files = value.files or null;
  }

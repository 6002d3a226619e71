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
    toJSON
    typeOf
    ;

  kinds = attrNames types;
  wanted = concatStringsSep " or " kinds;
  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  unknownKind =
    kind:
    let
      near = nearest kinds kind;
      hint = if near == null then "" else "; did you mean `${near}`?";
    in
    fail "SPEC_INVALID" {
      message = "Unknown kind of source: `${kind}`${hint}";
      inherit wanted;
    };

  ofShortForm =
    text:
    let
      parts = match "([A-Za-z0-9]+):(.+)" text;
      prefix = head parts;
      rest = elemAt parts 1;
      fitting = filter (kind: elem prefix types.${kind}.shortForms) kinds;
      kind = head fitting;
      isAddress = match "//.*" rest != null;
    in
    if parts == null || fitting == [ ] then
      fail "SPEC_INVALID" {
        message = "`source` is no short form of a source";
        wanted = "huggingface:org/name@revision, or a URL";
        found = text;
      }
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
    else if names == [ ] then
      invalid "`source` is empty: it needs ${wanted}" null
    else
      invalid "`source` names several kinds: keep one" (concatStringsSep ", " names);
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
  unknownKind (if isString kind then kind else toJSON kind)
else
  {
    inherit kind;
    value = types.${kind}.normalise (if isAttrs value then removeAttrs value [ "files" ] else value);
    files = value.files or null;
  }

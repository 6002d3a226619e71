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
    concatMap
    concatStringsSep
    filter
    head
    isAttrs
    isString
    length
    map
    match
    removeAttrs
    stringLength
    substring
    toJSON
    typeOf
    ;

  kinds = attrNames types;
  wanted = "one of ${concatStringsSep " " kinds}";
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

  # Every beginning of a short form, with the kind that it is of.
  beginnings = concatMap (
    kind: map (begin: { inherit kind begin; }) (attrNames types.${kind}.shortForms)
  ) kinds;

  ofShortForm =
    text:
    let
      fits = { begin, ... }: substring 0 (stringLength begin) text == begin;
      fitting = filter fits beginnings;
      inherit (head fitting) kind begin;
      near = nearest (map (row: row.begin) beginnings) (head (match "([^:]*:?(//)?).*" text));
    in
    if fitting == [ ] then
      fail "SPEC_INVALID" {
        message =
          "`source` is no short form of a source" + (if near == null then "" else "; did you mean `${near}…`?");
        wanted =
          "huggingface:org/name@revision, a URL, or one that begins with "
          + "mlflow: git-lfs: s3:// gs:// azure:// wasbs:// ollama: oci:";
        found = text;
      }
    else
      {
        inherit kind;
        value = types.${kind}.shortForms.${begin} (substring (stringLength begin) (-1) text);
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

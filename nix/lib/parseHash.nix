# A hash in any encoding that Nix itself reads, with its algorithm told from the prefix or the
# length: what `outputHash` and `outputHashAlgo` want. `subject` says whose hash it is.
{ fail, ... }:

let
  inherit (builtins)
    elemAt
    filter
    head
    isString
    match
    typeOf
    ;

  # Digits by hexadecimal, Nix base-32 and base64; the lengths of the two algorithms never meet.
  encodings = [
    {
      algorithm = "sha256";
      pattern = "[0-9a-fA-F]{64}|[0-9abcdfghijklmnpqrsvwxyz]{52}|[A-Za-z0-9+/]{43}=";
    }
    {
      algorithm = "sha512";
      pattern = "[0-9a-fA-F]{128}|[0-9abcdfghijklmnpqrsvwxyz]{103}|[A-Za-z0-9+/]{86}==";
    }
  ];
in

subject: text:
let
  prefixed = match "(sha256|sha512)[-:](.*)" text;
  digest = if prefixed == null then text else elemAt prefixed 1;
  fits =
    { algorithm, pattern }:
    match pattern digest != null && (prefixed == null || head prefixed == algorithm);
  fitting = filter fits encodings;
  invalid =
    found:
    fail "ENCODING_INVALID" {
      message = "This is not a hash that Nix understands";
      inherit subject found;
    };
in
if !(isString text) then
  invalid (typeOf text)
else if fitting == [ ] then
  invalid text
else
  {
    inherit (head fitting) algorithm;
    inherit digest;
  }

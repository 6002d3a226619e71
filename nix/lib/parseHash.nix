# A hash in any encoding that Nix itself reads, as { algorithm; digest; }: what `outputHashAlgo` and
# `outputHash` want. `subject` says whose hash it is.
{ fail, ... }:

let
  inherit (builtins)
    elemAt
    isString
    match
    typeOf
    ;

  # Hexadecimal, Nix base-32, base64: told apart by their lengths, which no two share.
  patterns = {
    sha256 = "[0-9a-fA-F]{64}|[0-9abcdfghijklmnpqrsvwxyz]{52}|[A-Za-z0-9+/]{43}=";
    sha512 = "[0-9a-fA-F]{128}|[0-9abcdfghijklmnpqrsvwxyz]{103}|[A-Za-z0-9+/]{86}==";
  };
  isDigest = algorithm: text: match patterns.${algorithm} text != null;
in

subject: text:
let
  prefixed = match "(sha256|sha512)([-:])(.*)" text;
  digest = if prefixed == null then text else elemAt prefixed 2;
  algorithm =
    if prefixed != null then
      elemAt prefixed 0
    else if isDigest "sha256" text then
      "sha256"
    else
      "sha512";
  # After a hyphen (SRI) only base64 may stand.
  allowed = prefixed == null || elemAt prefixed 1 == ":" || match ".*=" digest != null;
  invalid =
    found:
    fail "ENCODING_INVALID" {
      message = "Not a sha256 or sha512 hash";
      inherit subject found;
    };
in
if !(isString text) then
  invalid (typeOf text)
else if !(allowed && isDigest algorithm digest) then
  invalid text
else
  { inherit algorithm digest; }

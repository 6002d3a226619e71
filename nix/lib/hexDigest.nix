# A digest in hexadecimal, from any encoding that parseHash accepts. Nix before 2.19 cannot convert
# hashes: here every digit becomes its bits, and every four bits a digit.
{ ... }:

let
  inherit (builtins)
    concatStringsSep
    foldl'
    genList
    head
    match
    replaceStrings
    stringLength
    substring
    ;

  characters = text: genList (i: substring i 1 text) (stringLength text);
  reverse = list: foldl' (reversed: item: [ item ] ++ reversed) [ ] list;
  pieces = size: text: genList (i: substring (i * size) size text) (stringLength text / size);

  # The numbers below 2^width in binary: [ "00" "01" "10" "11" ] for 2.
  binary =
    width:
    if width == 0 then
      [ "" ]
    else
      map (bits: "0" + bits) (binary (width - 1)) ++ map (bits: "1" + bits) (binary (width - 1));

  hexDigits = characters "0123456789abcdef";
  nix32Digits = characters "0123456789abcdfghijklmnpqrsvwxyz";
  base64Digits = characters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  toBits = digits: width: replaceStrings digits (binary width);
  toHex = bits: concatStringsSep "" (map (replaceStrings (binary 4) hexDigits) (pieces 4 bits));

  # base64 fills its last digit up with zeros, and says so by its `=` signs.
  ofBase64 =
    text:
    let
      bits = toBits base64Digits 6 (head (match "([^=]*)=*" text));
    in
    toHex (substring 0 (stringLength bits / 8 * 8) bits);

  # Nix base-32 is one number, the last byte first, filled up with zeros at its front.
  ofNix32 =
    text:
    let
      bits = toBits nix32Digits 5 text;
      excess = stringLength bits - stringLength bits / 8 * 8;
      hex = toHex (substring excess (-1) bits);
    in
    concatStringsSep "" (reverse (pieces 2 hex));

  lengths = {
    sha256 = 64;
    sha512 = 128;
  };
  lower = replaceStrings (characters "ABCDEF") (characters "abcdef");
in

{ algorithm, digest }:
if stringLength digest == lengths.${algorithm} then
  lower digest
else if match ".*=" digest != null then
  ofBase64 digest
else
  ofNix32 digest

# Percent-encodes text for a URL's path, byte by byte as RFC 3986 asks. With `keepSlash` the slashes
# of a file's path stay; in a branch's name they are encoded too.
{ ... }:

let
  inherit (builtins)
    elemAt
    fromJSON
    genList
    map
    match
    replaceStrings
    substring
    ;

  hexDigit = n: substring n 1 "0123456789ABCDEF";
  hexByte = n: hexDigit (n / 16) + hexDigit (n - n / 16 * 16);
  codePoint = n: "\\u${hexByte (n / 256)}${hexByte (n - n / 256 * 256)}";
  range = first: last: genList (i: first + i) (last - first + 1);

  # Nix has no escape for a byte, but JSON has one for a character, and UTF-8 makes bytes of it:
  # each byte that UTF-8 can contain is byte `position` of some character.
  row = number: position: escape: {
    byte = substring position 1 (fromJSON ''"${escape}"'');
    encoded = "%${hexByte number}";
  };

  reserved =
    range 1 44 ++ [ 47 ] ++ range 58 64 ++ range 91 94 ++ [ 96 ] ++ range 123 125 ++ [ 127 ];
  planes = [
    "\\ud800\\udc00"
    "\\ud8c0\\udc00"
    "\\ud9c0\\udc00"
    "\\udac0\\udc00"
    "\\udbc0\\udc00"
  ];

  table =
    map (n: row n 0 (codePoint n)) reserved
    ++ map (n: row n 1 (codePoint n)) (range 128 191) # continuations
    ++ map (n: row n 0 (codePoint ((n - 192) * 64))) (range 194 223) # first of two
    ++ map (n: row n 0 (codePoint (if n == 224 then 2048 else (n - 224) * 4096))) (range 224 239)
    ++ genList (i: row (240 + i) 0 (elemAt planes i)) 5; # first of three, first of four

  encode = replaceStrings (map (r: r.byte) table) (map (r: r.encoded) table);
in

{
  keepSlash ? false,
}:
text:
if match "[A-Za-z0-9._~-]*" text != null || (keepSlash && match "[A-Za-z0-9._~/-]*" text != null) then
  text
else if keepSlash then
  replaceStrings [ "%2F" ] [ "/" ] (encode text)
else
  encode text

# Every byte that UTF-8 text can hold, as { byte; hex; }. Nix has no escape for a byte, but JSON has
# one for a character, and UTF-8 makes bytes of it: each is byte `position` of some character.
{ ... }:

let
  inherit (builtins)
    elemAt
    fromJSON
    genList
    map
    substring
    ;

  hexDigit = n: substring n 1 "0123456789ABCDEF";
  hexByte = n: hexDigit (n / 16) + hexDigit (n - n / 16 * 16);
  codePoint = n: "\\u${hexByte (n / 256)}${hexByte (n - n / 256 * 256)}";
  range = first: last: genList (i: first + i) (last - first + 1);

  row = number: position: escape: {
    byte = substring position 1 (fromJSON ''"${escape}"'');
    hex = hexByte number;
  };

  # The first characters that need four bytes with each possible first one.
  planes = [
    "\\ud800\\udc00"
    "\\ud8c0\\udc00"
    "\\ud9c0\\udc00"
    "\\udac0\\udc00"
    "\\udbc0\\udc00"
  ];
in

map (n: row n 0 (codePoint n)) (range 1 127)
++ map (n: row n 1 (codePoint n)) (range 128 191) # all but the first of a character
++ map (n: row n 0 (codePoint ((n - 192) * 64))) (range 194 223) # first of two
++ map (n: row n 0 (codePoint (if n == 224 then 2048 else (n - 224) * 4096))) (range 224 239)
++ genList (i: row (240 + i) 0 (elemAt planes i)) 5

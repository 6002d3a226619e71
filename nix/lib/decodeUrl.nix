# The text behind percent signs. What is no escape, or no byte of UTF-8, stays as it is.
{ bytes, ... }:

let
  inherit (builtins)
    concatStringsSep
    head
    isString
    listToAttrs
    map
    replaceStrings
    split
    ;

  byHex = listToAttrs (
    map (row: {
      name = row.hex;
      value = row.byte;
    }) bytes
  );
  upper = replaceStrings [ "a" "b" "c" "d" "e" "f" ] [ "A" "B" "C" "D" "E" "F" ];
  decoded = hex: byHex.${upper hex} or "%${hex}";
in

text:
concatStringsSep "" (
  map (part: if isString part then part else decoded (head part)) (
    split "%([0-9A-Fa-f]{2})" text
  )
)

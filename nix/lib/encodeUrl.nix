# Percent-encodes text for a URL's path, as RFC 3986 asks. With `keepSlash` the slashes of a file's
# path stay; in a branch's name they are encoded too.
{ bytes, ... }:

let
  inherit (builtins)
    filter
    map
    match
    replaceStrings
    ;

  reserved = filter (row: match "[A-Za-z0-9._~-]" row.byte == null) bytes;
  encode = replaceStrings (map (row: row.byte) reserved) (map (row: "%${row.hex}") reserved);
in

{
  keepSlash ? false,
}:
text:
if match (if keepSlash then "[A-Za-z0-9._~/-]*" else "[A-Za-z0-9._~-]*") text != null then
  text
else if keepSlash then
  replaceStrings [ "%2F" ] [ "/" ] (encode text)
else
  encode text

# A valid store name made of any text, by the same rule as the core's `storename` (wasm/name.ts).
{ ... }:

let
  inherit (builtins)
    concatStringsSep
    head
    isString
    map
    match
    split
    stringLength
    substring
    ;

  # Leaves room for ".drv" below Nix's limit of 211.
  maxLength = 207;

  withoutDots = text: head (match "[.]*(.*)" text);
  hyphenated = text: concatStringsSep "" (
    map (part: if isString part then part else "-") (split "[^A-Za-z0-9+._?=-]+" text)
  );
  lastPart =
    text:
    let
      excess = stringLength text - maxLength;
    in
    substring (if excess > 0 then excess else 0) maxLength text;
in

text:
let
  name = withoutDots (lastPart (hyphenated (withoutDots text)));
in
if name == "" then "unknown" else name

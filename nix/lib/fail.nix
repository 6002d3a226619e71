# Stops the evaluation with one of the errors of src/base/error-codes.json: what failed, on what,
# wanted and found, what to do next. The same text that the command line prints.
{ ... }:

let
  inherit (builtins)
    concatStringsSep
    fromJSON
    map
    readFile
    ;

  codes = fromJSON (readFile ../../src/base/error-codes.json);
  line = label: text: if text == null then [ ] else [ "  ${label}${text}" ];
in

code:
{
  message,
  subject ? null,
  wanted ? null,
  found ? null,
  remedies ? codes.${code}.remedies,
}:

throw (
  concatStringsSep "\n" (
    [ "${message} [${code}]" ]
    ++ line "on:     " subject
    ++ line "wanted: " wanted
    ++ line "found:  " found
    ++ [ "  what to do:" ]
    ++ map (remedy: "  - ${remedy}") remedies
  )
)

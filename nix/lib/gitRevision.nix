# Names of git revisions as a regular expression: what git allows, roughly. No "..", which an address
# would resolve.
{ ... }:

let
  character = "[^/.[:space:][:cntrl:]~^:?*[\\]";
  part = "([.]?${character})+[.]?";
in
"${part}(/${part})*"

# The value of the one attribute among several names for the same thing, or `default`. Two of them
# at once are an error: one would be ignored.
{ fail, ... }:

let
  inherit (builtins)
    concatStringsSep
    filter
    head
    length
    ;
in

path: attributes: names: default:
let
  given = filter (name: attributes ? ${name}) names;
in
if given == [ ] then
  default
else if length given > 1 then
  fail "SPEC_INVALID" {
    message = "`${path}` gives ${concatStringsSep " and " (map (name: "`${name}`") given)}, which mean the same: keep one";
  }
else
  attributes.${head given}

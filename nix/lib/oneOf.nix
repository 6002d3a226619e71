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

what: attributes: names: default:
let
  given = filter (name: attributes ? ${name}) names;
in
if given == [ ] then
  default
else if length given > 1 then
  fail "SPEC_INVALID" {
    message = "${what} says one thing twice";
    wanted = "one of ${concatStringsSep ", " names}";
    found = concatStringsSep ", " given;
  }
else
  attributes.${head given}

# Stops at the first attribute that nothing reads: a misspelt `hash` must not become a model
# without a pin. Returns the attribute set, so that callers use it as the checked value.
{ fail, nearest, ... }:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    head
    isAttrs
    typeOf
    ;
in

{ what, known }:
attributes:
let
  unknown = filter (name: !(elem name known)) (attrNames attributes);
  name = head unknown;
  suggestion = nearest known name;
in
if !(isAttrs attributes) then
  fail "SPEC_INVALID" {
    message = "${what} is not an attribute set";
    found = typeOf attributes;
  }
else if unknown != [ ] then
  fail "SPEC_UNKNOWN_ATTRIBUTE" {
    message = "${what} has an unknown attribute";
    found = name;
    wanted = if suggestion == null then "one of ${concatStringsSep ", " known}" else suggestion;
  }
else
  attributes

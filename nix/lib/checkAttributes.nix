# Stops at the first attribute that nothing reads: a misspelt `hash` must not become a model
# without a pin. Returns the attributes that are not null.
{
  fail,
  nearest,
  withoutNulls,
  ...
}:

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
  suggestion = nearest known (head unknown);
in
if !(isAttrs attributes) then
  fail "SPEC_INVALID" {
    message = "${what} is not an attribute set";
    found = typeOf attributes;
  }
else if unknown != [ ] then
  fail "SPEC_UNKNOWN_ATTRIBUTE" {
    message = "${what} has an unknown attribute";
    wanted = if suggestion == null then "one of ${concatStringsSep ", " known}" else suggestion;
    found = head unknown;
  }
else
  withoutNulls attributes

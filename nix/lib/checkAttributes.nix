# Stops at the first attribute that nothing reads: a misspelt `hash` must not become a model
# without a pin. Returns the attributes that are not null. `path` is where the set stands in a spec.
{
  fail,
  nearest,
  schema,
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

{ path, known }:
attributes:
let
  name = head (filter (name: !(elem name known)) (attrNames attributes));
  full = if path == "" then name else "${path}.${name}";
  near = nearest known name;
  homes = filter (kind: elem name kind.attributes) schema.kinds;
  hint =
    if near != null then
      "; did you mean `${near}`?"
    else if path == "" && homes != [ ] then
      "; it belongs in `source.${(head homes).kind}`"
    else
      "";
in
if !(isAttrs attributes) then
  fail "SPEC_INVALID" {
    message = if path == "" then "A spec is an attribute set" else "`${path}` is no attribute set";
    found = typeOf attributes;
  }
else if removeAttrs attributes known != { } then
  fail "SPEC_UNKNOWN_ATTRIBUTE" {
    message = "Unknown attribute `${full}`${hint}";
    remedies = [ "Known here: ${concatStringsSep " " known}" ];
  }
else
  withoutNulls attributes

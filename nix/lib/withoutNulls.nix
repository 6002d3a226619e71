# An attribute set without the attributes that are null: everywhere in a spec null means the same as
# leaving the attribute out.
{ ... }:

let
  inherit (builtins) attrNames filter removeAttrs;
in

attributes: removeAttrs attributes (filter (name: attributes.${name} == null) (attrNames attributes))

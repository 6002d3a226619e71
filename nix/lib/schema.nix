# The names of attributes, from the one schema of a spec that all of the project reads.
{ ... }:

let
  inherit (builtins)
    attrNames
    filter
    fromJSON
    readFile
    ;
  schema = fromJSON (readFile ../../src/spec/schema.json);
in

rec {
  attributes = attrNames schema.properties;

  # Known from the requirements, but without a meaning yet.
  unsupported = filter (name: !(schema.properties.${name}.x-supported or true)) attributes;

  # Every kind of source with its attributes.
  kinds = map (entry: {
    kind = entry.properties.source.const;
    attributes = attributesOf (builtins.head (builtins.match "#/[$]defs/(.*)" entry."$ref"));
  }) schema."$defs".flatSource.anyOf;

  # Of a part, by its name in the schema.
  attributesOf = part: attrNames schema."$defs".${part}.properties;
}

# The other way round: a short form of attributes, `folder?region=eu-west-1`. What the path says is
# in `path`; `names` may stand behind the question mark.
{ ... }:

let
  inherit (builtins)
    concatStringsSep
    filter
    isBool
    map
    ;
  textOf = value: if isBool value then (if value then "true" else "false") else value;
in

{
  path,
  names,
  source,
}:
let
  given = filter (name: source ? ${name}) names;
  query = concatStringsSep "&" (map (name: "${name}=${textOf source.${name}}") given);
in
path + (if source.prefix == "" then "" else "/${source.prefix}") + (if given == [ ] then "" else "?${query}")

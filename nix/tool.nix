# The checkout's own build as the builder of models, for evaluations without nixpkgs. Only paths
# are looked up here: the hashes in build/tool.json spare reading 100 MB per evaluation.
{ fail }:

let
  inherit (builtins)
    fromJSON
    map
    match
    path
    pathExists
    readFile
    ;

  record = ../build/tool.json;
  tool =
    if pathExists record then
      fromJSON (readFile record)
    else
      fail "TOOL_MISSING" {
        message = "The builder of models has not been built in this checkout";
        subject = toString record;
      };

  stored =
    { name, sha256 }:
    path {
      inherit name sha256;
      path = ../build/tool + "/${name}";
      recursive = true;
    };

  node = stored tool.node;
  words = map (word: if match "/.*" word != null then node + word else word) tool.start;
in

{
  node = {
    builder = builtins.head words;
    arguments = builtins.tail words;
  };
  program = "${stored tool.program}/cli.js";
}

# A model as a tree of symlinks: an ordinary derivation over files that are store paths of their
# own. `links` maps each path inside the model to its file.
{ toolFor, ... }:

let
  inherit (builtins) path toJSON;

  script = path {
    name = "link-files.mjs";
    path = ./link-files.mjs;
  };
in

{
  name,
  links,
  system,
}:
let
  tool = toolFor system;
in
derivation {
  inherit name system;
  inherit (tool.node) builder;
  args = tool.node.arguments ++ [ script ];
  # By file: thousands of links do not fit into one environment variable.
  passAsFile = [ "links" ];
  links = toJSON links;
  preferLocalBuild = true;
  allowSubstitutes = false;
}

# For nixpkgs: the command line, the evaluator plugin, and fetchModel beside nixpkgs' own fetchers.
final: _:

let
  project = import ./. { pkgs = final; };
in
{
  inherit (project.packages) nix-ai-model nix-ai-models-plugin;
  inherit (project.lib) fetchModel;
  importModelLock = project.lib.importLock;
}

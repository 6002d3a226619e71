# For nixpkgs: the command line, and fetchModel beside nixpkgs' own fetchers.
final: _:

let
  project = import ./. { pkgs = final; };
in
{
  inherit (project.packages) nix-ai-model;
  inherit (project.lib) fetchModel;
  importModelLock = project.lib.importLock;
}

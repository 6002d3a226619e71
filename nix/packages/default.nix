# The packages of this project, made with a given nixpkgs.
{ pkgs }:

let
  nix-ai-model = pkgs.callPackage ./nix-ai-model.nix { };
in
{
  inherit nix-ai-model;
  # `override { nixPackages = [ … ]; }` builds it for other releases of Nix than `pkgs.nix`.
  nix-ai-models-plugin = pkgs.callPackage ./plugin.nix { inherit nix-ai-model; };
}

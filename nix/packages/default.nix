# The packages of this project, made with a given nixpkgs.
{ pkgs }:

{
  nix-ai-model = pkgs.callPackage ./nix-ai-model.nix { };
}

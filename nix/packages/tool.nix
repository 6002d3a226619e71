# The builder of models from nixpkgs: what nix/tool.nix is for a checkout.
{ pkgs }:

let
  inherit (import ./. { inherit pkgs; }) nix-ai-model;
in
{
  node = {
    builder = pkgs.lib.getExe pkgs.nodejs;
    arguments = [ ];
  };
  # For sources that need them.
  programs = pkgs.lib.makeBinPath [
    pkgs.gitMinimal
    pkgs.openssh
  ];
  # For the commands of `security.customScanners`.
  shellPrograms = pkgs.lib.makeBinPath [
    pkgs.coreutils
    pkgs.findutils
    pkgs.gnugrep
  ];
  program = "${nix-ai-model}/lib/nix-ai-model/cli.js";
}

# A model in a flake: as a package, in a program's wrapper and in a development shell.
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";
  inputs.nix-ai-models.url = "github:your-org/nix-ai-models";
  inputs.nix-ai-models.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    { nixpkgs, nix-ai-models, ... }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};

      tiny = nix-ai-models.lib.fetchModel {
        # Where to build it; another system's users get the same store path.
        inherit system;
        source.huggingface.repo = "examples/tiny";
        hash = "sha256-KD7sfh6vUhGB0tPRSE26UZh5hH+LC18hfXVAZ727AN8=";
      };
    in
    {
      packages.${system} = {
        inherit tiny;
        default = pkgs.writeShellScriptBin "show-model" ''
          ls -l ${tiny}
        '';
      };
      devShells.${system}.default = pkgs.mkShell {
        MODEL_PATH = tiny;
      };
    };
}

{
  description = "AI/ML models as reproducible, cacheable, checked Nix store objects";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  # Only re-exports nix/default.nix. Nothing forces nixpkgs before a package or a builder is needed.
  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      pkgsFor = system: nixpkgs.legacyPackages.${system};
      eachSystem =
        function:
        builtins.listToAttrs (
          map (system: {
            name = system;
            value = function (import ./nix { inherit pkgsFor system; });
          }) systems
        );
    in
    {
      # `system` may stand in the spec; without it models are built on the current system, in pure
      # evaluation on x86_64-linux. A path pinned by `hash` is the same wherever it is built.
      inherit (import ./nix { inherit pkgsFor; }) lib;

      # The same functions for one system: nix-ai-models.legacyPackages.aarch64-darwin.fetchModel
      legacyPackages = eachSystem (project: project.lib);

      packages = eachSystem (
        project: project.packages // { default = project.packages.nix-ai-model; }
      );
      apps = eachSystem (project: {
        default = {
          type = "app";
          program = "${project.packages.nix-ai-model}/bin/nix-ai-model";
        };
      });
      devShells = eachSystem (project: {
        default = project.devShell;
      });
      checks = eachSystem (project: project.packages);
      overlays.default = import ./nix/overlay.nix;
    };
}

# Stands in for nixpkgs where there is none: as much of it as this project's packages call, made of
# derivations that can be evaluated but not built. Shows that the expressions fit together; that
# they build is for a machine with nixpkgs to show (docs/nix-library.md).
{
  outputs = _: {
    legacyPackages = builtins.listToAttrs (
      map
        (system: {
          name = system;
          value = import ./pkgs.nix system;
        })
        [
          "x86_64-linux"
          "aarch64-linux"
          "x86_64-darwin"
          "aarch64-darwin"
        ]
    );
  };
}

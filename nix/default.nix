# The project for Nix: `lib` (fetchModel, importLock) and `packages`. With nixpkgs (`pkgs`) models are
# built by the package; without, by this checkout's own build (`npm run setup` makes it).
{
  pkgs ? null,
  system ? if pkgs == null then builtins.currentSystem or "x86_64-linux" else pkgs.stdenv.hostPlatform.system,
}:

let
  library = import ./lib {
    defaultSystem = system;
    tool =
      if pkgs == null then
        import ./tool.nix { inherit (library) fail; }
      else
        import ./packages/tool.nix { inherit pkgs; };
  };
in
{
  lib = {
    inherit (library) fetchModel importLock;
  };
}
// (if pkgs == null then { } else { packages = import ./packages { inherit pkgs; }; })

# The project for Nix: `lib` (fetchModel, importLock), `packages`, `overlay`, `devShell`. Where a
# nixpkgs is given, its nix-ai-model package builds the models; where none is, what
# `npm run setup` has built in this checkout.
{
  pkgs ? null,
  # nixpkgs by system, for who serves several (flake.nix).
  pkgsFor ? if pkgs == null then null else _: pkgs,
  # Where models are built when their spec does not say: pure evaluation knows no current system.
  system ?
    if pkgs == null then
      builtins.currentSystem or "x86_64-linux"
    else
      pkgs.stdenv.hostPlatform.system,
}:

let
  checkoutTool = import ./tool.nix { inherit (library) fail; };

  library = import ./lib {
    defaultSystem = system;
    toolFor =
      if pkgsFor == null then
        _: checkoutTool
      else
        system: import ./packages/tool.nix { pkgs = pkgsFor system; };
  };
in
{
  lib = {
    inherit (library) fetchModel importLock;
  };
  overlay = import ./overlay.nix;
}
// (
  if pkgsFor == null then
    { }
  else
    {
      packages = import ./packages { pkgs = pkgsFor system; };
      devShell = import ./devShell.nix { pkgs = pkgsFor system; };
    }
)

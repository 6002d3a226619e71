# What scripts/setup.sh installs on Debian, from nixpkgs: `nix develop`, then the same npm commands.
{ pkgs }:

pkgs.mkShell {
  packages = [
    pkgs.curl
    pkgs.dpkg
    pkgs.gnumake
    pkgs.nix
    pkgs.nodejs
    pkgs.shellcheck
    pkgs.wabt
  ];
  # Headers that Nix's own headers include, for the evaluator plugin.
  buildInputs = [
    pkgs.boehmgc
    pkgs.boost
    pkgs.libarchive
    pkgs.libsodium
    pkgs.nlohmann_json
    pkgs.sqlite
  ];
}

# However a hash is written, it is the same store path.
{ lib, ... }:
let
  path =
    hash:
    (lib.fetchModel {
      source = "huggingface:org/tiny";
      inherit hash;
    }).outPath;
  paths = map path [
    "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    "sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
  ];
in
{
  first = builtins.head paths;
  same = builtins.all (p: p == builtins.head paths) paths;
}

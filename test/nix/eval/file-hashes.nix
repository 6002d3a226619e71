# Addresses are percent-encoded; a branch's slash is not a path's slash.
{ lib, urlsOf }:
let
  spec = {
    source.huggingface = {
      repoId = "org/set";
      rev = "refs/pr/1";
      repoType = "dataset";
      endpoint = "https://hub.example/";
    };
    fileHashes = {
      "a b/ü#?.json" = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
      "模型.bin" = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    };
  };
in
{
  inherit (lib.fetchModel spec) files;
  urls = urlsOf spec;
}

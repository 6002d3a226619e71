# Tagged, flat and short form, and nixpkgs' names, say the same.
{ lib, ... }:
map
  (
    source:
    (lib.fetchModel {
      inherit source;
      hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    }).spec.source
  )
  [
    {
      huggingface = {
        repo = "org/name";
        revision = "v1";
      };
    }
    {
      source = "huggingface";
      repoId = "org/name";
      tag = "v1";
      repoType = null;
    }
    "huggingface:org/name@v1"
    "hf:datasets/org/name"
    "https://example.org/a/model.gguf"
  ]

{ lib, ... }:
map
  (
    source:
    (lib.fetchModel {
      inherit source;
      hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    }).name
  )
  [
    "hf:org/Llama-2_7B.hf"
    "hf:gpt2"
    "https://example.org/..odd%20na@me!!x.gguf?download=true"
  ]

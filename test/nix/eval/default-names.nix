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
    "mlflow:my model/3"
    "git-lfs:git@host:org/repo.git@v1"
    "s3://my-models/a/b/"
    "gs://my-models"
    "azure://acct/$root"
    "ollama:llama2:7b"
    "ollama:llama2"
    "oci:ghcr.io/org/name:tag"
  ]

# A few files of a repository, each pinned by its own hash and each a store path of its own.
{
  nix-ai-models ? import ../nix { },
}:

nix-ai-models.lib.fetchModel {
  name = "tiny-tokenizer";
  source = "huggingface:examples/tiny@main";
  fileHashes = {
    "tokenizer.json" = "sha256-d1ZbEyUCJub+TCwYC0nooO8EnV2296I4Tgd+ytN9fP4=";
    "tokenizer_config.json" = "sha256-QzyydgLrPJ2XYKr8bJgQaibudp9iyM2Rs5gILqK/EK4=";
  };
}

# A whole model pinned by one hash. `nix-ai-model prefetch huggingface:examples/tiny` prints it.
{
  nix-ai-models ? import ../nix { },
}:

nix-ai-models.lib.fetchModel {
  source.huggingface = {
    repo = "examples/tiny";
    revision = "main";
  };
  hash = "sha256-KD7sfh6vUhGB0tPRSE26UZh5hH+LC18hfXVAZ727AN8=";
}

# Every model of a lock file, which `nix-ai-model lock tiny=huggingface:examples/tiny` wrote without
# downloading a weight. Build one of them: nix-build examples/by-lock -A tiny
{
  nix-ai-models ? import ../../nix { },
}:

nix-ai-models.lib.importLock ./models.lock.json

# A file by its addresses: where the first does not answer, the next is asked. The hash of every
# file is the pin of the model.
{
  nix-ai-models ? import ../nix { },
  hub ? "https://huggingface.co",
}:

nix-ai-models.lib.fetchModel {
  name = "tiny-shard";
  source.url.urls = [
    {
      urls = [
        "https://mirror.invalid/tiny/model-00001-of-00002.safetensors"
        "${hub}/examples/tiny/resolve/main/model-00001-of-00002.safetensors"
      ];
      hash = "sha256:e14f622cce643d797081f6371df8945ce200c23cb0fbfb9a6e1e461adf9b0d45";
    }
  ];
}

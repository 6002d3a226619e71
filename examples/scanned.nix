# A model whose check is stricter than usual: nothing but safetensors and their JSON and text is let in,
# and a command of one's own looks at the files too. `nix-build examples/scanned.nix -A report` gives what
# was found.
{
  nix-ai-models ? import ../nix { },
}:

nix-ai-models.lib.fetchModel {
  source.huggingface = {
    repo = "examples/tiny";
    revision = "main";
  };
  hash = "sha256-KD7sfh6vUhGB0tPRSE26UZh5hH+LC18hfXVAZ727AN8=";
  security = {
    policy.allowFormats = [
      "safetensors"
      "json"
      "text"
    ];
    customScanners = [
      {
        name = "has a licence";
        command = ''[ -e "$out/LICENSE" ] || { echo "$MODEL_NAME has none" >&2; exit 1; }'';
      }
    ];
    # The command above finds something here: a warning, and in the report.
    failOnScanError = false;
  };
}

# Every mistake that evaluation finds, each the spec that makes it. errors.exp has the messages.
{ lib, ... }:

let
  hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
  sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  source = "hf:org/name@v1";
  locked = path: {
    version = 1;
    models.x = {
      source.huggingface.repo = "org/x";
      contents = [
        {
          inherit path sha256;
          size = 1;
        }
      ];
    };
  };
in

builtins.mapAttrs (_: spec: (lib.fetchModel spec).outPath) {
  pin-missing = { inherit source; };
  pin-empty = {
    inherit source;
    hash = "";
  };
  pin-twice = {
    inherit source hash;
    fileHashes.a = hash;
  };

  attribute-misspelt = {
    inherit source;
    filehashes.a = hash;
  };
  attribute-unknown = {
    inherit source hash;
    colour = "blue";
  };
  attribute-unsupported = {
    inherit source hash;
    quantize.bits = 4;
    postDownload.scripts = [ ];
  };
  security-misspelt = {
    inherit source hash;
    security.enablePickelScan = false;
  };
  security-modelscan-from-nowhere = {
    inherit source hash;
    security.enableModelScan = true;
  };
  security-scanner-without-command = {
    inherit source hash;
    security.customScanners = [ { name = "clamav"; } ];
  };
  security-policy-pattern = {
    inherit source hash;
    security.policy.allowGlobals = [ "sklearn.*" ];
  };
  attribute-of-source = {
    inherit hash;
    source.huggingface = {
      repo = "org/name";
      revison = "v1";
    };
  };
  spec-not-a-set = source;

  source-missing = { inherit hash; };
  source-kind-misspelt = {
    inherit hash;
    source.hugingface.repo = "org/name";
  };
  source-prefix-unknown = {
    inherit hash;
    source = "olama:llama2";
  };
  source-of-another-kind-has-it = {
    inherit hash;
    bucket = "my-models";
  };
  mlflow-no-version = {
    inherit hash;
    source = "mlflow:my-model";
  };
  git-password = {
    inherit hash;
    source = "git-lfs:https://user:secret@host/repo.git";
  };
  git-program = {
    inherit hash;
    source = "git-lfs:ext::sh -c id";
  };
  s3-bucket = {
    inherit hash;
    source = "s3://my models/tiny";
  };
  s3-address-attribute = {
    inherit hash;
    source = "s3://my-models/tiny?regoin=eu-west-1";
  };
  s3-unpinned = {
    source = "s3://my-models/tiny?region=eu-west-1&anonymous=true";
  };
  azure-host = {
    inherit hash;
    source = "wasbs://models@acct.blob.example.org/tiny";
  };
  ollama-tag = {
    inherit hash;
    source = "ollama:llama2:7 b";
  };
  oci-registry = {
    inherit hash;
    source = "oci:org/name";
  };
  source-of-two-kinds = {
    inherit hash;
    source = {
      huggingface.repo = "org/name";
      url = "https://example.org/x";
    };
  };
  repo-invalid = {
    inherit hash;
    source = "hf:org/name/more";
  };
  repo-twice = {
    inherit hash;
    source.huggingface = {
      repo = "org/name";
      repoId = "org/name";
    };
  };
  repo-type-invalid = {
    inherit hash;
    source.huggingface = {
      repo = "org/name";
      repoType = "paper";
    };
  };
  url-scheme = {
    inherit hash;
    source.url = "ftp://example.org/x";
  };
  url-password = {
    inherit hash;
    source.url = "https://me:secret@example.org/x";
  };
  url-without-file-name = {
    inherit hash;
    source.url = "https://example.org/";
  };
  urls-without-name = {
    inherit hash;
    source.url.urls = [
      "https://example.org/a"
      "https://example.org/b"
    ];
  };

  files-twice = {
    inherit hash;
    source.huggingface = {
      repo = "org/name";
      files = [ "a" ];
    };
    files = [ "b" ];
  };
  files-not-patterns = {
    inherit source hash;
    files = "*.json";
  };
  name-invalid = {
    inherit source hash;
    name = "a name";
  };

  hash-invalid = {
    inherit source;
    hash = "sha256-short";
  };
  file-hash-invalid = {
    inherit source;
    fileHashes."model.bin" = "md5-xyz";
  };
  file-hashes-empty = {
    inherit source;
    fileHashes = { };
  };

  hostile-parent = {
    inherit source;
    fileHashes."../x" = hash;
  };
  hostile-control-character = {
    inherit source;
    fileHashes."a\nb" = hash;
  };
  hostile-case = {
    inherit source;
    fileHashes = {
      "A/x" = hash;
      "a/X" = hash;
    };
  };
  hostile-folder = {
    inherit source;
    fileHashes = {
      "a" = hash;
      "a/b" = hash;
    };
  };
  hostile-lock = {
    lock = locked "/etc/passwd";
  };

  lock-without-file = {
    lock = ./data/nowhere.lock.json;
  };
  lock-not-json = {
    lock = ./data/broken.lock.json;
  };
  lock-of-other-version = {
    lock = locked "a" // {
      version = 2;
    };
  };
  lock-without-model = {
    name = "tinny";
    lock = ./data/models.lock.json;
  };
  lock-of-several = {
    lock = ./data/models.lock.json;
  };
  lock-stale = {
    name = "tiny";
    source = "hf:org/Tiny@v2";
    lock = ./data/models.lock.json;
  };
  lock-digest-invalid = {
    lock = {
      source.huggingface.repo = "org/x";
      contents = [
        {
          path = "a";
          size = 1;
          sha256 = "zz";
        }
      ];
    };
  };
  lock-of-other-type = {
    inherit source;
    lock = 3;
  };
}

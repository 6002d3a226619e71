# fetchModel: a pinned spec becomes a derivation. Evaluating it costs no network and no process.
#
#   hash                one fixed output, fetched whole by `nix-ai-model build`
#   fileHashes, lock    one fixed output per file, and a tree of symlinks over them
#
# Beside a derivation's own attributes the result has `spec`, `files`, `revision`, `totalSize`,
# `version` and `meta`; reading them builds nothing and does not need the builder.
{
  buildWithTool,
  defaultSystem,
  fail,
  fetchFile,
  linkFiles,
  normaliseSpec,
  types,
  ...
}:

let
  inherit (builtins)
    intersectAttrs
    listToAttrs
    map
    removeAttrs
    ;

  unpinned =
    { name, describe }:
    fail "SPEC_MISSING_PIN" {
      message = "The model is not pinned: it needs `hash`, `fileHashes` or `lock`";
      subject = name;
      remedies = [
        "nix-ai-model prefetch ${describe}    prints the hash of the whole model"
        "nix-ai-model lock ${describe}    pins each file, without downloading weights"
      ];
    };
in

given:
let
  system = given.system or defaultSystem;
  spec = normaliseSpec given;
  inherit (spec)
    kind
    name
    pin
    value
    ;
  type = types.${kind};
  revision = pin.revision or value.revision or null;

  # The files of a pin by file, each with the derivation that fetches it.
  files = map (
    file:
    removeAttrs file [ "hash" ]
    // {
      storePath = "${fetchFile {
        inherit (file) path hash;
        inherit system;
        urls = type.fileUrls {
          inherit revision;
          inherit (file) path;
          source = value;
        };
      }}";
    }
  ) pin.contents;

  model =
    if pin.kind == "hash" then
      buildWithTool {
        inherit name system;
        inherit (pin) hash;
        mode = "recursive";
        spec = {
          inherit name;
          inherit (spec) source files;
        };
      }
    else if pin.kind == "files" then
      linkFiles {
        inherit name system;
        links = listToAttrs (
          map (file: {
            name = file.path;
            value = file.storePath;
          }) files
        );
      }
    else
      unpinned {
        inherit name;
        describe = type.describe value;
      };
in
model
// intersectAttrs {
  meta = null;
  version = null;
} given
// (if revision == null then { } else { inherit revision; })
// (if pin ? totalSize then { inherit (pin) totalSize; } else { })
// (if pin.kind == "files" then { inherit files; } else { })
// {
  spec = {
    inherit name;
    inherit (spec) source files;
  };
}

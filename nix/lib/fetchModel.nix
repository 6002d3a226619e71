# fetchModel: a pinned spec becomes a derivation. Evaluating it costs no network and no process.
#
#   hash                one fixed output, fetched whole by `nix-ai-model build`
#   fileHashes, lock    one fixed output per file, and a tree of symlinks over them
#
# Beside a derivation's own attributes the result has `spec`, `revision`, `version` and `meta`, and
# for a pin by file `files` and `totalSize`. Reading those builds nothing and needs no builder.
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
    name: source:
    fail "SPEC_MISSING_PIN" {
      message = "The model is not pinned: it needs `hash`, `fileHashes` or `lock`";
      subject = name;
      remedies = [
        "nix-ai-model prefetch ${source}    prints the hash of the whole model"
        "nix-ai-model lock ${source}    pins each file, without downloading weights"
      ];
    };
in

given:
let
  inherit (normaliseSpec given)
    name
    kind
    value
    source
    files
    pin
    ;
  type = types.${kind};
  revision = pin.revision or value.revision or null;
  system = if given.system or null == null then defaultSystem else given.system;

  # What the builder is told, and what a reader finds as `spec`.
  spec = {
    inherit name source files;
  };

  # A file of a pin by file, with the store path that fetches it.
  pinnedFile =
    file:
    removeAttrs file [ "hash" ]
    // {
      storePath = toString (fetchFile {
        inherit (file) path hash;
        inherit system;
        urls = type.fileUrls {
          inherit revision;
          inherit (file) path;
          source = value;
        };
      });
    };

  ofTree = buildWithTool {
    inherit name spec system;
    inherit (pin) hash;
    mode = "recursive";
  };

  ofFiles =
    let
      pinnedFiles = map pinnedFile pin.contents;
      link = file: {
        name = file.path;
        value = file.storePath;
      };
    in
    linkFiles {
      inherit name system;
      links = listToAttrs (map link pinnedFiles);
    }
    // {
      files = pinnedFiles;
    }
    // intersectAttrs { totalSize = null; } pin;

  pinned = {
    hash = ofTree;
    files = ofFiles;
  };
in
(if pin.kind == null then unpinned name (type.describe value) else pinned.${pin.kind})
// intersectAttrs {
  meta = null;
  version = null;
} given
// (if revision == null then { } else { inherit revision; })
// {
  inherit spec;
}

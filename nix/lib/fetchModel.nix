# fetchModel: a pinned spec becomes a derivation. Evaluating it costs no network and no process.
#
#   hash                one fixed output, fetched whole by `nix-ai-model build`
#   fileHashes, lock    one fixed output per file, and a tree of symlinks over them
#
# and over either the check (checkedModel.nix), which judges what was fetched.
#
# Beside a derivation's own attributes the result has `spec`, `revision`, `version` and `meta`, and
# for a pin by file `files` and `totalSize`. Reading those builds nothing and needs no builder.
{
  buildWithTool,
  checkedModel,
  defaultSystem,
  fail,
  fetchFile,
  hexDigest,
  linkFiles,
  normaliseSpec,
  types,
  ...
}:

let
  inherit (builtins)
    all
    foldl'
    intersectAttrs
    listToAttrs
    map
    match
    removeAttrs
    unsafeDiscardStringContext
    ;

  # As a shell takes it: the addresses of object stores may have a `?` and a `&`.
  quoted = text: if match "[A-Za-z0-9@%+=:,./_-]*" text == null then "'${text}'" else text;

  unpinned =
    name: source:
    fail "SPEC_MISSING_PIN" {
      message = "fetchModel needs `hash`, `lock` or `fileHashes`, to give the same model every time";
      subject = name;
      remedies = [
        "`nix-ai-model prefetch ${quoted source}` prints the hash."
        "`nix-ai-model lock ${quoted "${name}=${source}"}` pins each file, without downloading weights."
      ];
    };

  totalSize =
    files:
    if all (file: file ? size) files then
      { totalSize = foldl' (sum: file: sum + file.size) 0 files; }
    else
      { };
in

given:
let
  inherit (normaliseSpec given)
    name
    kind
    value
    files
    pin
    security
    ;
  type = types.${kind};
  revision = pin.revision or (type.revisionOf value);
  system = if given.system or null == null then defaultSystem else given.system;

  # What the builder is told.
  spec = {
    inherit name files;
    source.${kind} = value;
  };

  # What one file needs of the source.
  narrow = type.narrow or ({ source, ... }: source);
  fileUrls = type.fileUrls or (_: [ ]);

  # A file of a pin by file, with the store path that fetches it.
  fetched =
    file:
    let
      inherit (file) path;
      source = value;
    in
    file
    // {
      storePath = toString (fetchFile {
        inherit file system;
        urls = fileUrls { inherit source revision path; };
        source.${kind} = narrow { inherit source path; };
        revision = pin.revision or null;
      });
    };
  fetchedFiles = map fetched pin.contents;

  pinnedFile =
    file:
    {
      inherit (file) path;
      ${file.hash.algorithm} = hexDigest file.hash;
      # Without context: a file is used as "${model}/path", which nobody gets before the check has passed.
      storePath = unsafeDiscardStringContext file.storePath;
    }
    // intersectAttrs {
      size = null;
      version = null;
    } file;
  pinnedFiles = map pinnedFile fetchedFiles;

  ofTree = buildWithTool {
    inherit name spec system;
    inherit (pin) hash;
    mode = "recursive";
  };

  ofFiles = linkFiles {
    inherit name system;
    links = listToAttrs (
      map (file: {
        name = file.path;
        value = file.storePath;
      }) fetchedFiles
    );
  };

  raw =
    if pin.kind == "hash" then
      ofTree
    else if pin.kind == "files" then
      ofFiles
    else
      unpinned name (type.describe value);

  # What is known of the files without a look at them.
  listing =
    if pin.kind == "files" then { files = pinnedFiles; } // totalSize pinnedFiles else { };

  metadata = {
    inherit name;
    source = type.describe value;
  }
  // (if revision == null then { } else { inherit revision; })
  // (
    if pin.kind == "hash" then
      { hash = "${pin.hash.algorithm}:${hexDigest pin.hash}"; }
    else
      { files = map (file: removeAttrs file [ "storePath" ]) pinnedFiles; }
  );

  model = checkedModel {
    inherit
      name
      raw
      security
      metadata
      system
      ;
  };
in
model
// listing
// intersectAttrs {
  meta = null;
  version = null;
} given
// (if revision == null then { } else { inherit revision; })
// {
  spec = spec // (if given.security or null == null then { } else { inherit security; });
}

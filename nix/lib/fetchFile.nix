# One file of a pinned model as a flat fixed output, named after the file. Where it has one plain
# address Nix fetches it by itself. Where it has several, or where one must list, log in or sign
# first, the command line does, which is told what this file is and so need not look for it.
{
  buildWithTool,
  hexDigest,
  storeName,
  ...
}:

let
  inherit (builtins)
    head
    intersectAttrs
    length
    ;
in

{
  # { path; hash; size?; version?; } of the pin.
  file,
  # Addresses that Nix could ask.
  urls,
  # The model's source, { kind = attributes; }, and its locked version or null.
  source,
  revision,
  system,
}:
let
  inherit (file) path hash;
  name = storeName (baseNameOf path);

  # Only a lock knows sizes, and what it says is all that is needed.
  pin =
    if file ? size then
      {
        lock = {
          inherit source;
          contents = [
            (
              {
                inherit path;
                sha256 = hexDigest hash;
              }
              // intersectAttrs {
                size = null;
                version = null;
              } file
            )
          ];
        }
        // (if revision == null then { } else { inherit revision; });
      }
    else
      {
        inherit source;
        fileHashes.${path} = "${hash.algorithm}:${hexDigest hash}";
      };
in
if length urls == 1 then
  import <nix/fetchurl.nix> {
    inherit name;
    url = head urls;
    outputHash = hash.digest;
    outputHashAlgo = hash.algorithm;
  }
else
  buildWithTool {
    inherit name hash system;
    mode = "flat";
    spec = { inherit name; } // pin;
  }

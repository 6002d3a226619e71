# One file of a model as a flat fixed output, named after the file. Nix fetches it by itself; where
# there are mirrors, which Nix cannot try one after the other, the command line does.
{
  buildWithTool,
  storeName,
  ...
}:

{
  path,
  hash,
  urls,
  system,
}:
let
  name = storeName (baseNameOf path);
in
if builtins.length urls == 1 then
  import <nix/fetchurl.nix> {
    inherit name;
    url = builtins.head urls;
    outputHash = hash.digest;
    outputHashAlgo = hash.algorithm;
  }
else
  buildWithTool {
    inherit name hash system;
    mode = "flat";
    spec = {
      inherit name;
      source.url.urls = [ { inherit urls path; } ];
    };
  }

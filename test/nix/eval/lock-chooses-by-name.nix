# A lock pins each file by sha256; the addresses are those of the locked commit.
{ lib, urlsOf }:
let
  spec = {
    name = "tiny";
    lock = ./data/models.lock.json;
  };
  model = lib.fetchModel spec;
in
{
  inherit (model)
    name
    revision
    totalSize
    files
    ;
  urls = urlsOf spec;
}

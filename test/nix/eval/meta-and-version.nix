# Both are for the reader: they change nothing else.
{ lib, ... }:
let
  spec = {
    source = "hf:org/name";
    hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
  };
  model = lib.fetchModel (
    spec
    // {
      version = "2.0";
      meta.description = "A model";
    }
  );
in
{
  inherit (model) version meta;
  same = model.drvPath == (lib.fetchModel spec).drvPath;
}

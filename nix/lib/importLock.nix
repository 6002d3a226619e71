# Every model of a lock file, by name: importLock ./models.lock.json gives { llama = «model»; … }.
{ fetchModel, fail, ... }:

let
  inherit (builtins)
    fromJSON
    mapAttrs
    pathExists
    readFile
    ;
in

file:
mapAttrs (name: _: fetchModel { inherit name; lock = file; }) (fromJSON (readFile file)).models

# One entry of a parsed lock file is enough; its source gives the name.
{ lib, ... }:
(lib.fetchModel {
  lock = (builtins.fromJSON (builtins.readFile ./data/models.lock.json)).models.tiny;
}).name

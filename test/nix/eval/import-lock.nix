{ lib, ... }: builtins.mapAttrs (_: model: model.totalSize) (lib.importLock ./data/models.lock.json)

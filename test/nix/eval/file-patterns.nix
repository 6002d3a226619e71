{ lib, ... }:
map
  (
    files:
    (lib.fetchModel {
      source = "hf:org/name";
      inherit files;
      hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    }).spec.files
  )
  [
    null
    [
      "*.json"
      "!old/**"
    ]
    { exclude = [ "*.bin" ]; }
  ]

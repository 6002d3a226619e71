# A url source whose every file has a hash is pinned by that.
{ lib, ... }:
let
  hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
in
(lib.fetchModel {
  name = "pair";
  source.url.urls = [
    {
      url = "https://example.org/dir/a.bin?download=true";
      inherit hash;
    }
    {
      urls = [
        "https://one.example/x"
        "https://two.example/x"
      ];
      path = "sub/b.bin";
      sha256 = hash;
    }
  ];
}).files

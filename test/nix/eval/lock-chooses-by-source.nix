# The default name of the source chooses the entry, which then need not be named.
{ lib, ... }:
(lib.fetchModel {
  source.url = "https://example.org/other.gguf";
  name = "other";
  lock = ./data/models.lock.json;
}).files

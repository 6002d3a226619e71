# The names of a spec's attributes, from the one schema (src/spec/schema.json).
{ ... }:

{
  known = [
    "name" "version" "meta" "source" "files" "hash" "fileHashes" "lock" "lazy"
  ] ++ [ "postDownload" "onDownloadFailure" "onHashMismatch" "integration" "security" "provenance" "sharding" "quantize" "compose" ];
  unsupported = [ "postDownload" "onDownloadFailure" "onHashMismatch" "integration" "security" "provenance" "sharding" "quantize" "compose" ];
}

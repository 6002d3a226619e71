# Every model of a lock file, by name: importLock ./models.lock.json gives { llama = «model»; … }.
{
  fail,
  fetchModel,
  readLock,
  ...
}:

file:
let
  lock = readLock file;
  models =
    lock.models or (fail "LOCK_INVALID" {
      message = "This is not a whole lock file: it has no `models`";
      subject = if builtins.isAttrs file then null else toString file;
    });
in
builtins.mapAttrs (name: _: fetchModel { inherit name lock; }) models

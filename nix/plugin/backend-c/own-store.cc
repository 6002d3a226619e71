// Asks the store. One connection serves all calls of a process.

#include "own-store.h"

#include "nix-headers.h"
#include "settings.h"

#include <memory>

namespace ai_models::store {

namespace {

struct FreeStore {
  void operator()(Store *store) const { nix_store_free(store); }
};
using HeldStore = std::unique_ptr<Store, FreeStore>;

struct FreePath {
  void operator()(StorePath *path) const { nix_store_path_free(path); }
};
using HeldPath = std::unique_ptr<StorePath, FreePath>;

struct FreeContext {
  void operator()(nix_c_context *context) const { nix_c_context_free(context); }
};

HeldStore &kept() {
  // Never closed at exit: the order in which Nix's own parts end is not known here.
  static auto *store = new HeldStore;
  return *store;
}

Store *own() {
  HeldStore &store = kept();
  if (!store) store.reset(nix_store_open(nullptr, nullptr, nullptr));
  return store.get();
}

HeldPath parsed(const std::string &path) { return HeldPath(nix_store_parse_path(nullptr, own(), path.c_str())); }

/** A cache that cannot be opened, does not have the path or breaks off is no error. */
bool copyFrom(const std::string &cache, StorePath *path) {
  const std::unique_ptr<nix_c_context, FreeContext> context(nix_c_context_create());
  const HeldStore from(nix_store_open(context.get(), cache.c_str(), nullptr));
  if (!from || !nix_store_is_valid_path(context.get(), from.get(), path)) return false;
  return nix_store_copy_closure(context.get(), from.get(), own(), path) == NIX_OK;
}

} // namespace

bool isValidPath(const std::string &path) {
  const HeldPath held = parsed(path);
  return nix_store_is_valid_path(nullptr, own(), held.get());
}

std::string realPath(const std::string &path) {
  std::string real;
  const HeldPath held = parsed(path);
  nix_store_real_path(nullptr, own(), held.get(), appendTo, &real);
  return real;
}

bool substitute(const std::string &path) {
  if (!isSet("substitute", false)) return false;
  // The model has another source: no cache is waited for, or asked twice.
  const TemporarySetting tries("download-attempts", "1");
  const TemporarySetting connecting("connect-timeout", "5");
  const TemporarySetting stalled("stalled-download-timeout", "10");
  const HeldPath held = parsed(path);
  for (const std::string &cache : settingWords("substituters"))
    if (copyFrom(cache, held.get())) return true;
  return false;
}

void refresh() { kept().reset(); }

} // namespace ai_models::store

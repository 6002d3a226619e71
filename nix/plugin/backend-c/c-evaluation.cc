// Reading values, the evaluation mode and the store.

#include "c-evaluation.h"

#include "../failure.h"
#include "own-store.h"
#include "settings.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <dlfcn.h>
#include <filesystem>

namespace ai_models {

namespace {

namespace fs = std::filesystem;

/** What Linux follows before it says ELOOP. */
constexpr unsigned MAX_LINKS = 40;

nix_value *native(Value &value) { return reinterpret_cast<nix_value *>(&value); }

bool isBelow(const std::string &path, const std::string &folder) {
  return !folder.empty() && path.compare(0, folder.size(), folder) == 0 &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

/** Nix's own flag, as Nix's code looks at it; the C API has no function for it. */
bool isInterrupted() {
  static const auto *flag =
      static_cast<const std::atomic<bool> *>(dlsym(RTLD_DEFAULT, "_ZN3nix4unix14_isInterruptedE"));
  return flag != nullptr && *flag;
}

std::string numberText(double number) {
  if (!std::isfinite(number)) return "null"; // JSON knows neither infinity nor NaN
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

} // namespace

Kind CEvaluation::force(Value &value) {
  nix_value *v = native(value);
  nix_value_force(nullptr, state, v);
  switch (nix_get_type(nullptr, v)) {
  case NIX_TYPE_NULL: return Kind::null;
  case NIX_TYPE_BOOL: return Kind::boolean;
  case NIX_TYPE_INT: return Kind::integer;
  case NIX_TYPE_FLOAT: return Kind::number;
  case NIX_TYPE_STRING: return Kind::string;
  case NIX_TYPE_PATH: return Kind::path;
  case NIX_TYPE_LIST: return Kind::list;
  case NIX_TYPE_FUNCTION: return Kind::function;
  case NIX_TYPE_ATTRS: {
    const bool standsForString = nix_has_attr_byname(nullptr, v, state, "outPath") ||
                                 nix_has_attr_byname(nullptr, v, state, "__toString");
    return standsForString ? Kind::string : Kind::attributes;
  }
  default: return Kind::other; // external values, and kinds that a later release has
  }
}

std::string CEvaluation::scalar(Value &value) {
  nix_value *v = native(value);
  const ValueType type = nix_get_type(nullptr, v);
  if (type == NIX_TYPE_BOOL) return nix_get_bool(nullptr, v) ? "true" : "false";
  if (type == NIX_TYPE_INT) return std::to_string(nix_get_int(nullptr, v));
  return numberText(nix_get_float(nullptr, v));
}

std::string CEvaluation::string(Value &value) {
  const HeldValue text = apply(state, evaluate(state, "builtins.toString"), native(value));
  nix_realised_string *realised = nix_string_realise(nullptr, state, text.get(), true);
  std::string result(nix_realised_string_get_buffer_start(realised), nix_realised_string_get_buffer_size(realised));
  nix_realised_string_free(realised);
  return result;
}

void CEvaluation::eachAttribute(
    Value &attributes, const std::function<void(std::string_view, Value &)> &visitor) {
  nix_value *set = native(attributes);
  const unsigned count = nix_get_attrs_size(nullptr, set);
  for (unsigned index = 0; index < count; index++) {
    const char *name = nullptr;
    nix_value *member = nix_get_attr_byidx_lazy(nullptr, set, state, index, &name);
    visitor(name, visit(member));
  }
}

void CEvaluation::eachElement(Value &list, const std::function<void(Value &)> &visitor) {
  const unsigned count = nix_get_list_size(nullptr, native(list));
  for (unsigned index = 0; index < count; index++)
    visitor(visit(nix_get_list_byidx_lazy(nullptr, native(list), state, index)));
}

Value &CEvaluation::visit(nix_value *value) {
  visited.emplace_back(value);
  return *reinterpret_cast<Value *>(value);
}

// --- files ---------------------------------------------------------------------------------------

std::string CEvaluation::localFile(Value &path) {
  const HeldValue text = apply(state, evaluate(state, "builtins.toString"), native(path));
  const std::string file = string(path);
  if (file.empty() || file.front() != '/')
    throw Failure("SPEC_INVALID", "A file is named by an absolute path", {file, {}, {}, {}});
  const std::string storePath = storePathAround(file);
  if (!storePath.empty() && carries(text.get(), storePath)) carried = realPath(storePath);
  return readableFile(storePath.empty() ? file : realPath(storePath) + file.substr(storePath.size()));
}

/**
 * Links are followed one by one, as Nix does it: each of them must be allowed, as must be the end. A file
 * that is missing is the reader's business.
 */
std::string CEvaluation::readableFile(const std::string &path) {
  if (!restrictsPaths()) return path;
  fs::path rest = fs::path(path).lexically_normal(), here = "/";
  unsigned links = 0;
  for (auto part = rest.begin(); part != rest.end();) {
    if (*part == "/" || part->empty()) {
      ++part;
      continue;
    }
    const fs::path next = here / *part;
    std::error_code unknown;
    if (!fs::is_symlink(fs::symlink_status(next, unknown))) {
      here = next;
      ++part;
      continue;
    }
    requireReadable(next.string());
    if (++links > MAX_LINKS) throw Failure("IO", "Too many links lead to the file", {path, {}, {}, {}});
    fs::path target = fs::read_symlink(next);
    while (++part != rest.end()) target /= *part;
    rest = (target.is_absolute() ? target : here / target).lexically_normal();
    here = "/";
    part = rest.begin();
  }
  requireReadable(here.string());
  return here.string();
}

/**
 * Throws where pure or restricted evaluation may not read the path. A store path that the argument depends
 * on may be read, as may what its links name in the store: its content, and so theirs, is fixed by its name.
 */
void CEvaluation::requireReadable(const std::string &path) {
  if (isBelow(path, carried)) return;
  if (const std::string target = storePathAround(path); !carried.empty() && !target.empty() && isValidPath(target))
    return;
  const HeldValue file = newValue(state);
  nix_init_path_string(nullptr, state, file.get(), path.c_str());
  apply(state, evaluate(state, "builtins.readFileType"), file.get());
}

/** "/nix/store/<name>" of a path that is that or lies below it; empty for others. */
std::string CEvaluation::storePathAround(const std::string &path) {
  const std::string folder = storeDirectory() + "/";
  if (path.size() <= folder.size() || path.compare(0, folder.size(), folder) != 0) return "";
  return path.substr(0, path.find('/', folder.size()));
}

bool CEvaluation::carries(nix_value *string, const std::string &storePath) {
  const HeldValue context = apply(state, evaluate(state, "builtins.getContext"), string);
  return nix_has_attr_byname(nullptr, context.get(), state, storePath.c_str());
}

// --- evaluation mode -----------------------------------------------------------------------------

/** A Nix that does not tell is taken for one that restricts. */
bool CEvaluation::restrictsPaths() { return isSet("pure-eval", true) || isSet("restrict-eval", true); }

bool CEvaluation::restrictsUris() { return isSet("restrict-eval", true); }

void CEvaluation::checkUri(const std::string &uri) {
  if (isAllowedUri(uri)) return;
  throw Failure("SPEC_INVALID", "Access to an address is forbidden in restricted mode",
                {uri, {}, {}, {"Add it, or an address that it lies below, to `allowed-uris`."}});
}

void CEvaluation::checkInterrupt() {
  if (isInterrupted()) throw Failure("INTERRUPTED", "Interrupted by the user");
}

// --- the store -----------------------------------------------------------------------------------

std::string CEvaluation::storeDirectory() { return textOf(evaluate(state, "builtins.storeDir").get()); }

std::string CEvaluation::storeUri() {
  const std::string uri = setting("store").value_or("");
  return uri == "auto" ? "" : uri;
}

bool CEvaluation::isValidPath(const std::string &path) { return store::isValidPath(path); }
bool CEvaluation::substitute(const std::string &path) { return store::substitute(path); }
void CEvaluation::refreshStore() { store::refresh(); }
std::string CEvaluation::realPath(const std::string &path) { return store::realPath(path); }

} // namespace ai_models

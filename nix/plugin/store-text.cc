// Goes by the form of the path alone: what was read from it was there.

#include "store-text.h"

namespace ai_models {

namespace {

constexpr size_t DIGEST_CHARACTERS = 32;

/** `<digest>-<name>`, as a store names its paths. */
bool isStoreName(const std::string &name) {
  return name.find_first_not_of("0123456789abcdfghijklmnpqrsvwxyz") == DIGEST_CHARACTERS &&
         name[DIGEST_CHARACTERS] == '-' && name.size() > DIGEST_CHARACTERS + 1 &&
         name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=") ==
             std::string::npos;
}

} // namespace

Plain StoreText::operator()(const std::string &path) const {
  if (path.compare(0, prefix.size(), prefix) != 0) return Plain{path};
  const size_t end = std::min(path.find('/', prefix.size()), path.size());
  if (!isStoreName(path.substr(prefix.size(), end - prefix.size()))) return Plain{path};
  return Plain{StorePathText{path.substr(0, end), path.substr(end)}};
}

} // namespace ai_models

// The core and spec-json.cc name the attribute in the message, between backquotes: `files.include[0]`. What
// goes wrong later, with the model itself, is the fault of one attribute for each code.

#include "failure-attribute.h"

#include <algorithm>
#include <map>

namespace ai_models {

namespace {

const std::map<std::string, std::string> ATTRIBUTES = {
    {"HASH_MISMATCH", "hash"},      {"NAME_INVALID", "name"},        {"LOCK_INVALID", "lock"},
    {"LOCK_STALE", "lock"},         {"LOCK_MISSING_MODEL", "lock"},  {"NO_FILES_MATCH", "files"},
    {"AUTH_REQUIRED", "source"},    {"AUTH_GATED", "source"},        {"AUTH_INVALID", "source"},
    {"REPO_NOT_FOUND", "source"},   {"REPO_DISABLED", "source"},     {"REVISION_NOT_FOUND", "source"},
    {"SPEC_MISSING_PIN", "source"},
};

/** The first text between backquotes in the message. */
std::string quotedIn(const std::string &text) {
  const std::string message = text.substr(0, text.find('\n'));
  const size_t begin = message.find('`');
  const size_t end = begin == std::string::npos ? begin : message.find('`', begin + 1);
  return end == std::string::npos ? "" : message.substr(begin + 1, end - begin - 1);
}

} // namespace

std::vector<std::string> attributeOf(const Failure &failure) {
  const auto known = ATTRIBUTES.find(failure.code);
  const std::string path = known == ATTRIBUTES.end() ? quotedIn(failure.what()) : known->second;
  std::vector<std::string> names;
  for (size_t begin = 0; begin < path.size();) {
    const size_t end = std::min(path.find_first_of(".[", begin), path.size());
    names.push_back(path.substr(begin, end - begin));
    // Elements of a list have no place of their own.
    if (end < path.size() && path[end] == '[') break;
    begin = end + 1;
  }
  return names;
}

} // namespace ai_models

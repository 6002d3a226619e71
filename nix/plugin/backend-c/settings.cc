// Reads and sets what the C API calls by name. A setting that this Nix does not know is no error.

#include "settings.h"

#include "nix-headers.h"

#include <memory>
#include <sstream>

namespace ai_models {

namespace {

struct FreeContext {
  void operator()(nix_c_context *context) const { nix_c_context_free(context); }
};

} // namespace

std::optional<std::string> setting(const char *name) {
  // With a context of its own: an unknown name is an answer here, and no exception.
  const std::unique_ptr<nix_c_context, FreeContext> context(nix_c_context_create());
  std::string value;
  if (nix_setting_get(context.get(), name, appendTo, &value) != NIX_OK) return std::nullopt;
  return value;
}

bool isSet(const char *name, bool unknown) {
  const auto value = setting(name);
  return value ? *value == "true" : unknown;
}

std::vector<std::string> settingWords(const char *name) {
  std::istringstream words(setting(name).value_or(""));
  std::vector<std::string> result;
  for (std::string word; words >> word;) result.push_back(word);
  return result;
}

bool isAllowedUri(const std::string &uri) {
  for (const std::string &allowed : settingWords("allowed-uris")) {
    if (uri == allowed) return true;
    if (uri.compare(0, allowed.size(), allowed) != 0) continue;
    const bool isScheme = allowed.find(':') == allowed.size() - 1;
    if (allowed.back() == '/' || uri[allowed.size()] == '/' || isScheme) return true;
  }
  return false;
}

TemporarySetting::TemporarySetting(const char *name, const std::string &value) : name(name), before(setting(name)) {
  const std::unique_ptr<nix_c_context, FreeContext> context(nix_c_context_create());
  if (before) nix_setting_set(context.get(), name, value.c_str());
}

TemporarySetting::~TemporarySetting() {
  const std::unique_ptr<nix_c_context, FreeContext> context(nix_c_context_create());
  if (before) nix_setting_set(context.get(), name, before->c_str());
}

} // namespace ai_models

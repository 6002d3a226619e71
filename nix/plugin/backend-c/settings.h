// Nix's settings, as the C API tells them: texts by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ai_models {

/** Nothing where this Nix has no such setting. */
std::optional<std::string> setting(const char *name);

/** "true"; `unknown` where this Nix has no such setting. */
bool isSet(const char *name, bool unknown);

std::vector<std::string> settingWords(const char *name);

/** Whether `allowed-uris` has the address, or one that it lies below, or its whole scheme (`github:`). */
bool isAllowedUri(const std::string &uri);

/** A setting that has another value for as long as this lives. */
class TemporarySetting {
public:
  TemporarySetting(const char *name, const std::string &value);
  ~TemporarySetting();
  TemporarySetting(const TemporarySetting &) = delete;
  TemporarySetting &operator=(const TemporarySetting &) = delete;

private:
  const char *name;
  const std::optional<std::string> before;
};

} // namespace ai_models

// Records lie in <cache directory>/scans; the cache directory is the one of src/base/env.ts.

#include "accepted-scans.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <unistd.h>

namespace ai_models {

namespace {

namespace fs = std::filesystem;

/** Empty counts as unset. */
std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string home() {
  if (std::string named = variable("HOME"); !named.empty()) return named;
  const passwd *user = getpwuid(geteuid());
  return user == nullptr ? "/" : user->pw_dir;
}

fs::path scansDirectory() {
  if (const std::string own = variable("NIX_AI_MODELS_CACHE"); !own.empty()) return fs::path(own) / "scans";
  const std::string caches = variable("XDG_CACHE_HOME");
  return fs::path(caches.empty() ? home() + "/.cache" : caches) / "nix-ai-models" / "scans";
}

} // namespace

bool isAccepted(const std::string &key) {
  // Once per process: thousands of models may be asked about.
  static const std::string prefix = scansDirectory().string() + "/";
  return access((prefix + key).c_str(), F_OK) == 0;
}

void recordAccepted(const std::string &key, const std::string &storePath) {
  const fs::path directory = scansDirectory();
  const fs::path part = directory / ("." + key + "." + std::to_string(getpid()));
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  std::ofstream(part) << storePath << '\n';
  fs::rename(part, directory / key, ignored);
  if (ignored) fs::remove(part, ignored);
}

} // namespace ai_models

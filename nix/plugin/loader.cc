// The plugin that `plugin-files` names. It finds out which Nix has loaded it and opens the backend
// that was built for that release, beside itself: <major>.<minor>/backend.so.
//
// Every `nix` command of a machine may load this file, a boot-loader installation among them. So it
// links against nothing of Nix, throws nothing, and on any fault prints one line and steps aside.

#include "backend-abi.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __ELF__
#include <elf.h>
#include <link.h>
#endif

namespace {

/** `const std::string nix::nixVersion`, as libstdc++ mangles it and as libc++ does. */
constexpr const char *VERSION_SYMBOLS[] = {"_ZN3nix10nixVersionB5cxx11E", "_ZN3nix10nixVersionE"};

void warn(const std::string &why) {
  std::string line = "warning: nix-ai-models: " + why + "; builtins.fetchModel is not available";
  for (char &character : line)
    if (character == '\n') character = ' ';
  std::fprintf(stderr, "%s\n", line.c_str());
}

std::string parentOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

/** The folder of this shared object, or nothing where the system cannot tell. */
std::string ownFolder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void *>(&ownFolder), &info) == 0) return "";
  return info.dli_fname == nullptr ? "" : parentOf(info.dli_fname);
}

/** "2.8" of "2.8.0", "2.9" of "2.9.0pre20220530"; empty when it is no version. */
std::string majorMinor(const std::string &version) {
  const size_t first = version.find('.');
  if (first == std::string::npos) return "";
  const size_t end = version.find_first_not_of("0123456789", first + 1);
  const std::string result = version.substr(0, end);
  // It becomes part of a path: digits and one dot only.
  return result.find_first_not_of("0123456789.") == std::string::npos ? result : "";
}

/**
 * Whether the file reaches to the end of its section table. The dynamic linker maps a truncated file
 * without a complaint and dies of SIGBUS on first touch, and Nix with it.
 */
bool isWhole(const std::string &file) {
#ifdef __ELF__
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return true; // dlopen says why
  ElfW(Ehdr) header;
  struct stat status;
  const bool known = read(descriptor, &header, sizeof header) == ssize_t(sizeof header) &&
                     fstat(descriptor, &status) == 0;
  close(descriptor);
  if (!known || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
  const uint64_t tableSize = uint64_t(header.e_shnum) * header.e_shentsize;
  return header.e_shoff <= uint64_t(status.st_size) &&
         tableSize <= uint64_t(status.st_size) - header.e_shoff;
#else
  return !file.empty();
#endif
}

/** The first two numbers and the third of a version; what cannot be read is 0. */
struct Numbers {
  unsigned major = 0, minor = 0, patch = 0;
};

Numbers numbersOf(const std::string &version) {
  Numbers result;
  std::sscanf(version.c_str(), "%u.%u.%u", &result.major, &result.minor, &result.patch);
  return result;
}

/** From 2.34 on the backend is written against the C API. */
bool usesCApi(const Numbers &version) {
  return version.major > 2 || (version.major == 2 && version.minor >= 34);
}

/** Up to 2.34.0 Nix calls a primop of the C API with an evaluator that is none, and dies. */
bool hasBrokenCApi(const Numbers &version) {
  return version.major == 2 && version.minor == 34 && version.patch == 0;
}

/** Where the executable does not carry the C API, the library beside the backend brings it. */
void provideCApi(const std::string &library) {
  if (dlsym(RTLD_DEFAULT, "nix_register_primop") != nullptr || !isWhole(library)) return;
  // Where this fails, the backend cannot be opened either, and says which function is missing.
  dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL);
}

/** Opens the backend and lets it register its builtins. Returns why that failed, or nothing. */
std::string start(const std::string &backend, const std::string &root) {
  if (!isWhole(backend)) return backend + " is damaged (build it again)";
  // Never closed: Nix keeps pointers to what it registers. NOW: a missing symbol shows here.
  void *handle = dlopen(backend.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char *error = dlerror();
    return error == nullptr ? "cannot open " + backend : error;
  }
  void *symbol = dlsym(handle, NIX_AI_MODELS_BACKEND_SYMBOL);
  if (symbol == nullptr) return backend + " is no backend of this plugin";
  auto *registerBuiltins = reinterpret_cast<NixAiModelsBackend *>(symbol);
  const char *problem = registerBuiltins(NIX_AI_MODELS_BACKEND_ABI, root.c_str());
  return problem == nullptr ? "" : problem;
}

/** The running Nix's version, in its own memory; null where this process is no Nix that we know. */
const std::string *nixVersion() {
  for (const char *symbol : VERSION_SYMBOLS)
    if (const void *found = dlsym(RTLD_DEFAULT, symbol)) return static_cast<const std::string *>(found);
  return nullptr;
}

void load() {
  const std::string *version = nixVersion();
  if (version == nullptr) return warn("the version of this Nix cannot be told");
  const std::string release = majorMinor(*version);
  const std::string folder = ownFolder();
  const std::string backend = folder + "/" + release + "/backend.so";
  if (release.empty() || folder.empty() || access(backend.c_str(), F_OK) != 0)
    return warn("no backend for Nix " + *version + " (looked for " + backend + ")");
  const Numbers numbers = numbersOf(*version);
  if (hasBrokenCApi(numbers)) return warn("Nix " + *version + " cannot call it without dying; 2.34.1 and later can");
  if (usesCApi(numbers)) provideCApi(folder + "/" + release + "/c-api.so");
  const std::string problem = start(backend, folder + "/../..");
  if (!problem.empty()) warn(problem);
}

/** Runs when Nix opens this file: releases before 2.9 know no entry function. */
__attribute__((constructor)) void entry() noexcept {
  try {
    load();
  } catch (...) {
    std::fputs("warning: nix-ai-models: cannot start; builtins.fetchModel is not available\n", stderr);
  }
}

} // namespace

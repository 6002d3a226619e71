// A program that is some release of Nix to the plugin's loader, and has no C API: opens the plugin and says
// how many builtins were registered with the library that the loader brought, if any.

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>

namespace nix {
__attribute__((visibility("default"))) extern const std::string nixVersion;
const std::string nixVersion = std::getenv("STAND_IN_VERSION");
} // namespace nix

int main(int, char **words) {
  if (dlopen(words[1], RTLD_NOW | RTLD_LOCAL) == nullptr) std::fprintf(stderr, "%s\n", dlerror());
  auto *count = reinterpret_cast<unsigned (*)()>(dlsym(RTLD_DEFAULT, "stand_in_registered"));
  std::printf("%u\n", count == nullptr ? 0 : count());
}

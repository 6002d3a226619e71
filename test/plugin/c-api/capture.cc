// Between the backend and a real libnixexprc: remembers which function each primop has. (Up to 2.34.0 Nix
// itself calls them with a wrong EvalState; the driver calls them with a right one.)

#include "captured.h"

#include <dlfcn.h>
#include <map>

namespace {

std::map<std::string, Captured> &all() {
  static std::map<std::string, Captured> primops;
  return primops;
}

} // namespace

const Captured *captured(const std::string &name) {
  const auto found = all().find(name);
  return found == all().end() ? nullptr : &found->second;
}

/** Found before the library's own function of this name. */
extern "C" __attribute__((visibility("default"))) PrimOp *
nix_alloc_primop(nix_c_context *context, PrimOpFun function, int arity, const char *name, const char **arguments,
                 const char *documentation, void *data) {
  all()[name] = {function, data};
  auto *real = reinterpret_cast<decltype(&nix_alloc_primop)>(dlsym(RTLD_NEXT, "nix_alloc_primop"));
  return real(context, function, arity, name, arguments, documentation, data);
}

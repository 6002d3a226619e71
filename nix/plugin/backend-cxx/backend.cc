// The backend over Nix's C++ API: registers the builtins and runs them.

#include "../backend-abi.h"
#include "../fetch-model.h"
#include "../helper.h"
#include "../inspect-model.h"
#include "../scan-model.h"
#include "cxx-evaluation.h"
#include "guard.h"
#include "make-value.h"

namespace ai_models {

namespace {

template <const Builtin &builtin>
void call(nix::EvalState &state, compat::Position position, nix::Value **args, nix::Value &result) {
  guarded(state, position, args[0], [&] {
    CxxEvaluation evaluation(state, position);
    makeValue(state, position, builtin.run(evaluation, reinterpret_cast<Value &>(*args[0])), result);
  });
}

/** Two underscores: Nix takes them off in `builtins` and keeps the global scope clean. */
template <const Builtin &builtin> void registerBuiltin() {
  compat::registerPrimOp(std::string("__") + builtin.name, builtin.argument, builtin.documentation,
                         call<builtin>);
}

} // namespace

} // namespace ai_models

extern "C" __attribute__((visibility("default"))) const char *
nix_ai_models_backend(int abi, const char *root) noexcept {
  try {
    if (abi != NIX_AI_MODELS_BACKEND_ABI) return "loader and backend are of different builds";
    ai_models::setInstallation(nix::canonPath(root, true));
    ai_models::registerBuiltin<ai_models::fetchModelBuiltin>();
    ai_models::registerBuiltin<ai_models::inspectModelBuiltin>();
    ai_models::registerBuiltin<ai_models::scanModelBuiltin>();
    return nullptr;
  } catch (...) {
    return "the backend cannot register its builtins";
  }
}

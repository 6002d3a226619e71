// The backend over Nix's C API: registers the builtins and runs them.

#include "../backend-abi.h"
#include "../fetch-model.h"
#include "../helper.h"
#include "../inspect-model.h"
#include "../scan-model.h"
#include "c-evaluation.h"
#include "guard.h"
#include "make-value.h"

#include <filesystem>

namespace ai_models {

namespace {

/** `builtin` is what the primop was made with. */
void call(void *builtin, nix_c_context *context, EvalState *state, nix_value **args, nix_value *result) {
  guarded(context, [&] {
    CEvaluation evaluation(state);
    Value &argument = *reinterpret_cast<Value *>(args[0]);
    makeValue(state, static_cast<const Builtin *>(builtin)->run(evaluation, argument), result);
  });
}

/** Two underscores: Nix takes them off in `builtins` and keeps the global scope clean. */
void registerBuiltin(const Builtin &builtin) {
  const std::string name = std::string("__") + builtin.name;
  const char *arguments[] = {builtin.argument, nullptr};
  // Nix keeps the addresses of the texts, which are static, and copies the name.
  PrimOp *primOp = nix_alloc_primop(nullptr, call, 1, name.c_str(), arguments, builtin.documentation,
                                    const_cast<Builtin *>(&builtin));
  nix_register_primop(nullptr, primOp);
  nix_gc_decref(nullptr, primOp);
}

} // namespace

} // namespace ai_models

extern "C" __attribute__((visibility("default"))) const char *
nix_ai_models_backend(int abi, const char *root) noexcept {
  try {
    if (abi != NIX_AI_MODELS_BACKEND_ABI) return "loader and backend are of different builds";
    ai_models::setInstallation(std::filesystem::canonical(root).string());
    ai_models::prepareDeferred();
    ai_models::registerBuiltin(ai_models::fetchModelBuiltin);
    ai_models::registerBuiltin(ai_models::inspectModelBuiltin);
    ai_models::registerBuiltin(ai_models::scanModelBuiltin);
    return nullptr;
  } catch (...) {
    return "the backend cannot register its builtins";
  }
}

// builtins.fetchModel, without any type of Nix.
#pragma once

#include "nix-api.h"

namespace ai_models {

extern const Builtin fetchModelBuiltin;

} // namespace ai_models

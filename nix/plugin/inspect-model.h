// builtins.inspectModel, without any type of Nix.
#pragma once

#include "nix-api.h"

namespace ai_models {

extern const Builtin inspectModelBuiltin;

} // namespace ai_models

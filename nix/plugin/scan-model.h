// builtins.scanModel, without any type of Nix.
#pragma once

#include "nix-api.h"

namespace ai_models {

extern const Builtin scanModelBuiltin;

} // namespace ai_models

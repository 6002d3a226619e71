// From plain data to a value of the evaluator.
#pragma once

#include "../nix-api.h"
#include "nix-headers.h"

namespace ai_models {

/** Writes `plain` into `value`, which has none yet. */
void makeValue(EvalState *state, Plain plain, nix_value *value);

/** Makes what values that are computed on demand need; once, before the first of them. */
void prepareDeferred();

} // namespace ai_models

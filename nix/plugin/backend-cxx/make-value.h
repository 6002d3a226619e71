// From plain data to a value of the evaluator.
#pragma once

#include "../nix-api.h"
#include "compat.h"

namespace ai_models {

/**
 * Writes `plain` into `value`, which the caller keeps reachable for the collector. Every value that is
 * made on the way hangs on it before the next one is allocated.
 */
void makeValue(nix::EvalState &state, compat::Position position, Plain plain, nix::Value &value);

} // namespace ai_models

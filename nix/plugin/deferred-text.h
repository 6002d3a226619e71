// A Deferred as a text, so that one function of the evaluator can serve all of them.
#pragma once

#include "nix-api.h"

namespace ai_models {

/** Holds an address: valid in this process only. */
std::string packDeferred(const Deferred &deferred);
Deferred unpackDeferred(std::string_view text);

} // namespace ai_models

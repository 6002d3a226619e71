// Which attribute of a builtin's argument a failure is about.
#pragma once

#include "failure.h"

namespace ai_models {

/** Names from the argument down: {"source", "huggingface", "repo"}. Empty where no attribute is to blame. */
std::vector<std::string> attributeOf(const Failure &failure);

} // namespace ai_models

// From JSON to the values of nix-api.h.
#pragma once

#include "nix-api.h"

#include <nlohmann/json.hpp>

namespace ai_models {

/** Throws FORMAT_LIMIT for a number that the integers of Nix do not hold. */
Plain plainOf(const nlohmann::json &value);

} // namespace ai_models

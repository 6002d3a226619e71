// Failures that come as JSON, from the core and from the helper program:
// {"code"?, "message", "subject"?, "wanted"?, "found"?, "remedies"?: [...]}.
#pragma once

#include "failure.h"

#include <nlohmann/json.hpp>

namespace ai_models {

/** A member that is a string; anything else reads as empty. */
std::string textAt(const nlohmann::json &object, const char *name);

/** A member that is an object; anything else reads as an empty one. */
const nlohmann::json &objectAt(const nlohmann::json &object, const char *name);

/** The failure that `error` describes. Members of another type are left out: they are only shown. */
Failure failureOf(const nlohmann::json &error, const std::string &code);

} // namespace ai_models

// The WASM core inside the evaluator: the same module that Node runs, made into C by wasm2c.
#pragma once

#include <string>
#include <string_view>

namespace ai_models {

/**
 * The core's `plan` export: what a spec pins, as JSON. An error of the core, and a trap, is a Failure.
 * An instance serves many calls, its arena emptied after each; one that failed is dropped.
 */
std::string planModel(std::string_view specJson, std::string_view storeDirectory);

} // namespace ai_models

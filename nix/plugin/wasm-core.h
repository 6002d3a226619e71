// The WASM core inside the evaluator: the same module that Node runs, made into C by wasm2c.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ai_models {

// Exports of the core (wasm/wit/core.wit). An error of the core, and a trap, is a Failure.

std::string pinModel(std::string_view specJson, std::string_view storeDirectory);
std::string planModel(std::string_view specJson, std::string_view storeDirectory);
/** From the first 8 bytes of a file: how many bytes inspectSafetensors wants. */
uint64_t safetensorsSize(std::string_view start, uint64_t fileSize);
std::string inspectSafetensors(std::string_view start, uint64_t fileSize);

} // namespace ai_models

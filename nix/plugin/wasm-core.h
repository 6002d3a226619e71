// The WASM core inside the evaluator: the same module that Node runs, made into C by wasm2c.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ai_models {

// Exports of the core (wasm/wit/core.wit). An error of the core, and a trap, is a Failure.

std::string pinModel(std::string_view specJson, std::string_view storeDirectory);
std::string planModel(std::string_view specJson, std::string_view storeDirectory);

/** What a directory shows that no file of it does, from a JSON list of its entries (wasm/scan/tree.ts). */
std::string scanTree(std::string_view entriesJson);

// Files: from a beginning of the file and its size. `subject` names the file in an error. A description lists
// each tensor, or has sums by element type in their place.

enum class Detail { tensors, totals };

/** How many bytes inspectSafetensors wants, from the first 8. */
uint64_t safetensorsSize(std::string_view start, uint64_t fileSize, const std::string &subject);
std::string inspectSafetensors(std::string_view start, uint64_t fileSize, Detail detail, const std::string &subject);
/** How many bytes are needed next; not more than there are where inspectGguf has enough. */
uint64_t ggufSize(std::string_view start, uint64_t fileSize, const std::string &subject);
std::string inspectGguf(std::string_view start, uint64_t fileSize, Detail detail, const std::string &subject);

} // namespace ai_models

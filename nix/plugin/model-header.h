// What one model file of this machine holds, without its tensors.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

/**
 * {"format", "version"?, "metadata", "dtypes": [{"dtype", "tensors", "parameters", "bytes"}], "parameters",
 * "bytes", "headerBytes", "trailing"}, in the words of `nix-ai-model inspect` (src/core/inspect.ts). Reads no
 * tensor. Throws FORMAT_* for a broken file, NO_FILES_MATCH for a format that is not read. `tick` is called now
 * and then, and may throw.
 */
nlohmann::json readModelTotals(const std::string &file, const std::function<void()> &tick);

/** The same with "tensors": [{"name", "dtype", "shape", "offset", "bytes"}] in the place of "dtypes". */
nlohmann::json readModelHeader(const std::string &file, const std::function<void()> &tick);

} // namespace ai_models

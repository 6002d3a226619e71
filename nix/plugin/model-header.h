// What one model file of this machine holds, from its header.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

/**
 * {"format", "version"?, "metadata", "dtypes": [{"dtype", "tensors", "parameters", "bytes"}], "parameters",
 * "bytes", "headerBytes", "trailing"}, in the words of `nix-ai-model inspect` (src/core/inspect.ts). Reads no
 * tensor. Throws FORMAT_* for a broken file or an unknown format.
 */
nlohmann::json readModelTotals(const std::string &file);

/** The same with "tensors": [{"name", "dtype", "shape", "offset", "bytes"}] in the place of "dtypes". */
nlohmann::json readModelHeader(const std::string &file);

} // namespace ai_models

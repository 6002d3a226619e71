// What one model file of this machine holds, from its header.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

/**
 * {"format", "version"?, "metadata", "tensors": [{"name", "dtype", "shape", "offset", "bytes"}],
 * "parameters", "bytes", "headerBytes", "trailing"}, as `nix-ai-model inspect` has it
 * (src/core/inspect.ts). Reads no tensor. Throws FORMAT_* for a broken file or an unknown format.
 */
nlohmann::json readModelHeader(const std::string &file);

} // namespace ai_models

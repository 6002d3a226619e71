// A source, as the core normalises it, in the words of its user.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ai_models {

/** The addresses that fetching would ask, for `allowed-uris`. Never empty. */
std::vector<std::string> addressesOf(const nlohmann::json &source);

/** The source in the command line's short form, to be pasted behind `nix-ai-model prefetch`. */
std::string shortForm(const nlohmann::json &source);

} // namespace ai_models

// Scans the files below a path, one after the other, under a policy.
#pragma once

#include "find-files.h"
#include "judge-tree.h"

#include <nlohmann/json.hpp>

namespace ai_models {

/**
 * {"version", "scanner", "verdict", "accepted", "files": [{"path", …}], "unread": [{"path", "error"}]}, as
 * `nix-ai-model scan --json` has it. `policy` is a plan's; an empty object accepts what is clean. `tree` is the directory that the files are
 * of; null where there is none.
 */
nlohmann::json scanFiles(Evaluation &evaluation, const FoundFiles &found, const nlohmann::json &policy,
                         const Tree *tree);

} // namespace ai_models

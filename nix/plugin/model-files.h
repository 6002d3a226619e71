// The parts of a model's description that are computed only when somebody looks at them.
#pragma once

#include "nix-api.h"

namespace ai_models {

/** `files` of a model whose spec (JSON) is pinned file by file. */
Plain filesOfSpec(Evaluation &evaluation, const std::string &specJson);
/** `totalSize` of the same. */
Plain sizeOfSpec(Evaluation &evaluation, const std::string &specJson);
/** `files` of a model that is a plain tree in the store, read from there. */
Plain filesOfTree(Evaluation &evaluation, const std::string &storePath);
/** `totalSize` of the same. */
Plain sizeOfTree(Evaluation &evaluation, const std::string &storePath);

} // namespace ai_models

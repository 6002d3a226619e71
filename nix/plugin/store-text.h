// Paths as the values that an evaluation gets: one in the store carries its store path as context.
#pragma once

#include "nix-api.h"

namespace ai_models {

class StoreText {
public:
  explicit StoreText(Evaluation &evaluation) : prefix(evaluation.storeDirectory() + "/") {}

  Plain operator()(const std::string &path) const;

private:
  const std::string prefix;
};

} // namespace ai_models

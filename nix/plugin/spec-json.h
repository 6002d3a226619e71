// A builtin's argument as JSON text, which is what the core and the helper program take.
#pragma once

#include "nix-api.h"

namespace ai_models {

struct SpecText {
  std::string json;
  /** `meta` and `version`, which describe the model and pin nothing; part of the argument. */
  PlainAttributes description;
};

/**
 * Evaluates the argument deeply, all but `meta`. `lock` may be a path: the file's text is put in its
 * place. What has no JSON form (a function, a path elsewhere) is a Failure that names the attribute.
 */
SpecText specToJson(Evaluation &evaluation, Value &argument);

} // namespace ai_models

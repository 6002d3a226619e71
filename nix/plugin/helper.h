// The helper program: `nix-ai-model helper`, which does what an evaluator must not do itself, with the
// user's own credentials and terminal. It is started when it is needed first, serves all calls of this
// process from then on, and ends with it.
#pragma once

#include "nix-api.h"

namespace ai_models {

/** Where bin/ and nix/ of this installation lie; set once, when the plugin starts. */
void setInstallation(const std::string &root);
const std::string &installation();

/**
 * Lets the helper bring the model that `specJson` pins into the evaluation's store and returns the
 * store path that it reports. The helper's error comes as a Failure with its code and remedies. `name` is
 * for the display.
 */
std::string fetchWithHelper(Evaluation &evaluation, const std::string &name, const std::string &specJson);

} // namespace ai_models

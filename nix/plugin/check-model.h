// Whether a model may be used, as its spec's `security` has it.
#pragma once

#include "plan.h"

namespace ai_models {

/**
 * Throws SCAN_REFUSED where the scanner does not accept the model, which is in the store. One that was
 * accepted before costs one question to the disk.
 */
void requireAccepted(Evaluation &evaluation, const std::string &specJson, const Pin &pin);

} // namespace ai_models

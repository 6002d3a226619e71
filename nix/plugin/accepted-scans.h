// What was scanned and accepted before: one question to the disk per model. The command line
// keeps the same records (src/scan-model.ts).
#pragma once

#include <string>

namespace ai_models {

bool isAccepted(const std::string &key);
/** That it cannot be written is no error: the model is scanned again next time. */
void recordAccepted(const std::string &key, const std::string &storePath);

} // namespace ai_models

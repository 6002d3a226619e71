// Drives the core's machine that asks its host for bytes (wasm/scan/session.ts draws the protocol): over
// one file, in little memory, whatever the file says. src/core/scan-file.ts does the same for the command
// line.
#pragma once

#include "local-file.h"

#include <functional>
#include <string>

namespace ai_models {

/**
 * The report of a file as JSON: {"format", "verdict", "size", "members", "pickles", "opcodes",
 * "findings", "omitted"?}. `tick` is called between the steps; what it throws ends the scan. Throws
 * UnreadableFile where the file cannot be read to its end.
 */
std::string scanFile(const LocalFile &file, const std::function<void()> &tick);

/**
 * What a file holds whose description is spread over it, as JSON (`ModelFile` of src/core/inspect.ts). Throws
 * FORMAT_* for a broken file, NO_FILES_MATCH for a format that is not read; else as scanFile.
 */
std::string inspectFile(const LocalFile &file, const std::function<void()> &tick);

} // namespace ai_models

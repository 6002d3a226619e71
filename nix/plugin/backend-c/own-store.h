// The store of this process, opened for the plugin: the C API does not hand out the evaluator's own, and
// what that remembers about paths which are not there yet could not be taken back.
#pragma once

#include <string>

namespace ai_models::store {

bool isValidPath(const std::string &path);

/** Where the path's files lie. */
std::string realPath(const std::string &path);

/** Copies it from a binary cache, each of which is asked once; whether it is valid now. */
bool substitute(const std::string &path);

/** Forgets what was remembered about paths. */
void refresh();

} // namespace ai_models::store

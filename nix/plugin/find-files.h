// Every file below a path, for scanning: the rules and the order of src/scan/find-files.ts.
#pragma once

#include "nix-api.h"

#include <string>
#include <vector>

namespace ai_models {

struct FoundFile {
  /** As the user would write it: below the path that was given. */
  std::string path;
  /** Where it lies, links followed as far as the evaluation mode asks for. */
  std::string file;
};

struct UnreadFile {
  std::string path, error;
};

struct FoundFiles {
  std::vector<FoundFile> files;
  std::vector<UnreadFile> unread;
};

/**
 * Links are followed, because a model in the store is a tree of links; a directory is entered once, so that
 * a circle of them ends. Throws the evaluator's own error where a link leads to what may not be read.
 */
FoundFiles findFiles(Evaluation &evaluation, const std::string &path, const std::string &file);

} // namespace ai_models

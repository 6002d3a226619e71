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

/** Where a path that lies in a directory is to be read; throws where it may not be. */
using Resolve = std::function<std::string(const std::string &file)>;

/**
 * Links are followed, because a model in the store is a tree of links; a directory is entered once, so that
 * a circle of them ends. What `resolve` throws, when a link leads to what may not be read, goes on.
 */
FoundFiles findFiles(Evaluation &evaluation, const std::string &path, const std::string &file,
                     const Resolve &resolve);

} // namespace ai_models

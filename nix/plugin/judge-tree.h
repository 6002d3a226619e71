// What a whole directory shows that no file of it does: src/scan/judge-tree.ts, in the evaluator.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

struct Tree {
  /** As the reports name it; empty where their paths are relative to it. */
  std::string name;
  /** By which absolute links may lead into it. */
  std::string path;
  /** Where it lies. */
  std::string directory;
  /** The links in it are our own work and stand for their files. */
  bool ownLinks = false;
};

/** Adds findings to the reports of files, and reports of what is no file, such as a link to nowhere. */
void judgeTree(nlohmann::json &reports, const Tree &tree);

} // namespace ai_models

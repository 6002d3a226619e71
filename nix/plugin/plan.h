// The plan of a model, as the core gives it: the few members that every call needs, read without
// building the whole document, and the document itself for what needs more.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

struct Plan {
  /** The whole plan, as the core wrote it. */
  std::string json;

  std::string name;
  bool lazy = false;
  /** "hash", "files", or empty where the spec has no pin; then there is no store path either. */
  std::string pin;
  std::string storePath;
  std::string hash;
  /** The commit where the pin knows it, else the revision that was asked for. */
  std::string revision;

  nlohmann::json document() const;
};

/** Throws INTERNAL where the text is no plan. */
Plan readPlan(std::string json);

} // namespace ai_models

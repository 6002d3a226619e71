// What the core says about a spec: the pin, which every call needs and which is read without a parser, and
// the whole plan for what needs more.
#pragma once

#include "nix-api.h"

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

struct Pin {
  std::string name;
  /** "hash", "files", or empty where the spec has no pin; then there is no store path either. */
  std::string form;
  std::string storePath;
  std::string hash;
  /** The commit where the pin knows it, else the revision that was asked for. */
  std::string revision;
  bool lazy = false;
  /** Under which an accepted scan of the store path is remembered; empty where nothing is scanned. */
  std::string scanKey;
  /** Whether the spec names scanners that only a build may run. */
  bool namesPrograms = false;
};

Pin pinOf(Evaluation &evaluation, std::string_view specJson);

/** Costs much more than the pin: a lock may list thousands of files. */
nlohmann::json planOf(Evaluation &evaluation, std::string_view specJson);

} // namespace ai_models

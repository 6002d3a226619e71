// What the user accepts of a scan's findings: the rules of src/scan/policy.ts. A policy takes away what it
// was told by its exact name, and adds nothing but a list of formats.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ai_models {

/** The worst of some severities; "clean" where there is none above a note. */
std::string worstOf(const std::vector<std::string> &severities);

/** A file's report as the policy (of a plan, normalised) sees it: its findings and its verdict. */
void applyPolicy(nlohmann::json &report, const nlohmann::json &policy);

/** Whether the policy lets a verdict through. */
bool isAcceptable(const std::string &verdict, const nlohmann::json &policy);

} // namespace ai_models

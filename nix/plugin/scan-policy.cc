// The names of rules are those of src/scan/rules.json.

#include "scan-policy.h"

#include "failure-json.h"

#include <algorithm>

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** From bad to good. */
constexpr const char *VERDICTS[] = {"malicious", "suspicious", "unscannable"};

/** What is no file has such a format (judge-tree.cc), and is not asked for it. */
constexpr const char *NO_FILES[] = {"directory", "symlink"};

/** A model that brings or fetches code which its loader runs. */
constexpr const char *CODE_RULES[] = {"repository-code", "repository-foreign-code", "repository-python"};

bool contains(const Json &list, const std::string &text) {
  return list.is_array() && std::find(list.begin(), list.end(), text) != list.end();
}

/** A name that the policy lists. Nothing makes a dangerous name harmless. */
bool isAnswered(const Json &finding, const Json &policy) {
  const std::string rule = textAt(finding, "rule");
  const bool isLibrary = rule == "pickle-library-global";
  if (isLibrary && policy.value("allowLibraryGlobals", false)) return true;
  if (policy.value("allowRemoteCode", false) && contains(Json(CODE_RULES), rule)) return true;
  const std::string global = textAt(finding, "global");
  if (global.empty() || (!isLibrary && rule != "pickle-unknown-global")) return false;
  return contains(policy.value("allowGlobals", Json::array()), global);
}

Json refusedFormat(const std::string &format) {
  return {{"rule", "format-not-allowed"},
          {"severity", "suspicious"},
          {"offset", 0},
          {"explanation", "Is of the format \"" + format + "\", which the policy does not allow."}};
}

} // namespace

std::string worstOf(const std::vector<std::string> &severities) {
  for (const char *verdict : VERDICTS)
    if (std::find(severities.begin(), severities.end(), verdict) != severities.end()) return verdict;
  return "clean";
}

void applyPolicy(Json &report, const Json &policy) {
  Json kept = Json::array();
  for (Json &finding : report.at("findings"))
    if (!isAnswered(finding, policy)) kept.push_back(std::move(finding));
  const std::string format = textAt(report, "format");
  const bool isFile = !contains(Json(NO_FILES), format);
  if (isFile && policy.contains("allowFormats") && !contains(policy["allowFormats"], format))
    kept.push_back(refusedFormat(format));
  std::vector<std::string> severities;
  for (const Json &finding : kept) severities.push_back(textAt(finding, "severity"));
  // Findings that are not listed cannot be answered by name.
  if (report.contains("omitted")) severities.push_back(textAt(report, "verdict"));
  report["findings"] = std::move(kept);
  report["verdict"] = worstOf(severities);
}

bool isAcceptable(const std::string &verdict, const Json &policy) {
  return !contains(policy.value("failOn", Json(VERDICTS)), verdict);
}

} // namespace ai_models

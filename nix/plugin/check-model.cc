// Scans a store path in this process, remembers that it was accepted, and refuses it in the words of the
// command line (src/scan-model.ts, src/scan/worst-findings.ts).

#include "check-model.h"

#include "accepted-scans.h"
#include "failure-json.h"
#include "scan-files.h"

#include <algorithm>
#include <filesystem>

namespace ai_models {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/** More than this many nobody reads in an error. */
constexpr size_t SHOWN_FINDINGS = 5;
constexpr std::string_view SEVERITIES[] = {"malicious", "suspicious", "unscannable"};
/** A link into the store leads to where that is mounted. */
std::string resolveInStore(Evaluation &evaluation, const std::string &file) {
  std::error_code noLink;
  const std::string target = fs::read_symlink(file, noLink).string();
  const bool leadsToStore = !noLink && target.rfind(evaluation.storeDirectory() + "/", 0) == 0;
  return leadsToStore ? evaluation.realPath(target) : file;
}

/** A file's name may hold anything; the terminal should not obey it. */
std::string printable(const std::string &text) {
  std::string result;
  for (size_t index = 0; index < text.size(); index++) {
    const auto byte = static_cast<unsigned char>(text[index]);
    const auto next = static_cast<unsigned char>(index + 1 < text.size() ? text[index + 1] : 0);
    const bool isLateControl = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    if (isLateControl) index++;
    result += isLateControl || byte < 0x20 || byte == 0x7f ? '?' : text[index];
  }
  return result;
}

std::string describe(const std::string &path, const Json &finding) {
  const std::string member = textAt(finding, "member");
  return printable(path + (member.empty() ? "" : ", " + member) + ", byte " +
                   std::to_string(finding.value("offset", uint64_t(0))) + ": " + textAt(finding, "severity") + ": " +
                   textAt(finding, "explanation") + " [" + textAt(finding, "rule") + "]");
}

/** The few lines of a report that a refusal shows, the worst first. */
std::vector<std::string> worstFindings(const Json &report) {
  std::vector<std::string> lines;
  for (const std::string_view severity : SEVERITIES)
    for (const Json &file : report.at("files"))
      for (const Json &finding : file.at("findings"))
        if (textAt(finding, "severity") == severity) lines.push_back(describe(textAt(file, "path"), finding));
  for (const Json &file : report.at("unread"))
    lines.push_back(printable(textAt(file, "path") + ": cannot be read: " + textAt(file, "error")));
  if (lines.size() <= SHOWN_FINDINGS) return lines;
  const size_t hidden = lines.size() - SHOWN_FINDINGS;
  lines.resize(SHOWN_FINDINGS);
  lines.push_back("and " + std::to_string(hidden) + " more");
  return lines;
}

std::string joined(const std::vector<std::string> &lines, const std::string &between) {
  std::string text;
  for (const std::string &line : lines) text += (text.empty() ? "" : between) + line;
  return text;
}

std::string verdictOf(const Json &report) {
  const std::string verdict = textAt(report, "verdict");
  return verdict == "clean" && !report.at("unread").empty() ? "unscannable" : verdict;
}

Json scanStorePath(Evaluation &evaluation, const Pin &pin, const Json &policy) {
  const auto resolve = [&](const std::string &file) { return resolveInStore(evaluation, file); };
  const Tree tree{"", pin.storePath, evaluation.realPath(pin.storePath), pin.form == "files"};
  FoundFiles found = findFiles(evaluation, "", tree.directory, resolve);
  // Named as they are in the model.
  for (FoundFile &file : found.files) file.path.erase(0, file.path.find_first_not_of('/'));
  for (UnreadFile &file : found.unread) file.path.erase(0, file.path.find_first_not_of('/'));
  std::error_code unknown;
  return scanFiles(evaluation, found, policy, fs::is_directory(tree.directory, unknown) ? &tree : nullptr);
}

} // namespace

void requireAccepted(Evaluation &evaluation, const std::string &specJson, const Pin &pin) {
  if (pin.scanKey.empty() || isAccepted(pin.scanKey)) return;
  const Json plan = planOf(evaluation, specJson);
  const Json &settings = objectAt(plan, "scan");
  const Json report = scanStorePath(evaluation, pin, objectAt(settings, "policy"));
  if (report.at("accepted").get<bool>()) return recordAccepted(pin.scanKey, pin.storePath);
  const std::vector<std::string> findings = worstFindings(report);
  const std::string verdict = verdictOf(report);
  if (!settings.value("failOnScanError", true))
    return evaluation.warn(pin.name + " is " + verdict + "\n  " + joined(findings, "\n  "));
  throw Failure("SCAN_REFUSED", "The model is " + verdict + ": refused",
                {pin.storePath, {}, joined(findings, "\n          "), {}});
}

} // namespace ai_models

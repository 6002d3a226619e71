// Strings in the report are bytes as the file system has them: nothing here writes it as JSON text.

#include "scan-files.h"

#include "failure-json.h"
#include "pull-machine.h"
#include "scan-policy.h"
#include "version.h"

namespace ai_models {

using Json = nlohmann::json;

Json scanFiles(Evaluation &evaluation, const FoundFiles &found, const Json &policy, const Tree *tree) {
  const auto tick = [&] { evaluation.checkInterrupt(); };
  Json files = Json::array(), unread = Json::array();
  const auto leave = [&](const std::string &path, const std::string &error) {
    unread.push_back({{"path", path}, {"error", error}});
  };
  for (const UnreadFile &file : found.unread) leave(file.path, file.error);
  for (const FoundFile &file : found.files) {
    try {
      Json report = Json::parse(scanFile(LocalFile(file.file), tick));
      report["path"] = file.path;
      files.push_back(std::move(report));
    } catch (const UnreadableFile &failure) {
      leave(file.path, failure.why);
    }
  }
  if (tree != nullptr) judgeTree(files, *tree);
  std::vector<std::string> verdicts;
  bool accepted = unread.empty();
  for (Json &report : files) {
    applyPolicy(report, policy);
    verdicts.push_back(textAt(report, "verdict"));
    accepted = accepted && isAcceptable(verdicts.back(), policy);
  }
  return {{"version", 1},          {"scanner", SCANNER},   {"verdict", worstOf(verdicts)},
          {"accepted", accepted}, {"files", std::move(files)}, {"unread", std::move(unread)}};
}

} // namespace ai_models

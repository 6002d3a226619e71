// Speaks with `nix-ai-model fetch --spec-json - --json`: the spec on standard input, one JSON object
// on standard output ({"storePath": …} or {"error": {…}}), progress on standard error.

#include "helper.h"

#include "child-process.h"
#include "failure.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

namespace ai_models {

namespace {

using Json = nlohmann::json;

std::string root;

std::string helperProgram() {
  const char *chosen = std::getenv("NIX_AI_MODELS_HELPER");
  return chosen != nullptr && *chosen != '\0' ? chosen : root + "/bin/nix-ai-model";
}

/** A member that is a string; anything else reads as empty, since the text is only shown. */
std::string textOf(const Json &object, const char *name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Failure failureOf(const Json &error) {
  FailureDetails details{textOf(error, "subject"), textOf(error, "wanted"), textOf(error, "found"), {}};
  if (const auto remedies = error.find("remedies"); remedies != error.end() && remedies->is_array())
    for (const Json &remedy : *remedies)
      if (remedy.is_string()) details.remedies.push_back(remedy.get<std::string>());
  const std::string code = textOf(error, "code");
  return Failure(code.empty() ? "HELPER_FAILED" : code, textOf(error, "message"), details);
}

std::string endOf(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

} // namespace

void setInstallation(const std::string &folder) { root = folder; }
const std::string &installation() { return root; }

std::string fetchWithHelper(Evaluation &evaluation, const std::string &specJson) {
  ProgramRun run{helperProgram(), {"fetch", "--spec-json", "-", "--json"}, {}, specJson};
  // The helper adds to the store that this evaluation reads, also under `--store`.
  if (const std::string uri = evaluation.storeUri(); !uri.empty())
    run.environment.emplace_back("NIX_REMOTE", uri);
  const ProgramResult result = runProgram(run, [&] { evaluation.checkInterrupt(); });

  const Json answer = Json::parse(result.output, nullptr, false);
  if (answer.is_object()) {
    if (const auto error = answer.find("error"); error != answer.end() && error->is_object())
      throw failureOf(*error);
    const std::string path = textOf(answer, "storePath");
    if (result.status == 0 && !path.empty()) return path;
  }
  // Ctrl-C reaches a helper that was started by hand in the same group before it reaches us.
  evaluation.checkInterrupt();
  throw Failure("HELPER_FAILED", "The helper program " + endOf(result.status) + " and gave no result",
                {run.program, {}, {}, {}});
}

} // namespace ai_models

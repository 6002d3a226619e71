// Speaks with `nix-ai-model fetch --spec-json - --json`: the spec on standard input, one JSON object
// on standard output ({"storePath": …} or {"error": {…}}), progress on standard error.

#include "helper.h"

#include "child-process.h"
#include "failure-json.h"

#include <cstdlib>
#include <sys/wait.h>

namespace ai_models {

namespace {

using Json = nlohmann::json;

std::string root;

std::string helperProgram() {
  const char *chosen = std::getenv("NIX_AI_MODELS_HELPER");
  return chosen != nullptr && *chosen != '\0' ? chosen : root + "/bin/nix-ai-model";
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
    if (const Json &error = objectAt(answer, "error"); !error.empty()) {
      const std::string code = textAt(error, "code");
      throw failureOf(error, code.empty() ? "HELPER_FAILED" : code);
    }
    const std::string path = textAt(answer, "storePath");
    if (result.status == 0 && !path.empty()) return path;
  }
  // Ctrl-C reaches a helper that was started by hand in the same group before it reaches us.
  evaluation.checkInterrupt();
  throw Failure("HELPER_FAILED", "The helper program " + endOf(result.status) + " and gave no result",
                {run.program, {}, {}, {}});
}

} // namespace ai_models

// Speaks with `nix-ai-model helper` (src/cli/commands/helper.ts): a request is a line of JSON, the answer to
// it lines of progress and then one of JSON: {"storePath": …} or {"error": {…}}.

#include "helper.h"

#include "child-process.h"
#include "failure-json.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
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

/** The helper that the last call has left running, for this store. */
struct Running {
  std::string store;
  std::unique_ptr<ChildProcess> process;
};
Running idle;
/** A later Nix may evaluate in several threads. */
std::mutex one;

std::unique_ptr<ChildProcess> start(const std::string &store) {
  ProgramCall call{helperProgram(), {"helper"}, {}};
  // The helper adds to the store that this evaluation reads, also under `--store`.
  if (!store.empty()) call.environment.emplace_back("NIX_REMOTE", store);
  return std::make_unique<ChildProcess>(call);
}

std::string requestOf(const std::string &specJson, bool hasLog) {
  std::string request = R"({"progress":")" + std::string(hasLog ? "nix" : "terminal") + R"(","spec":)" + specJson;
  // Only what stands between two tokens of JSON: a text has no line feed of its own.
  std::replace(request.begin(), request.end(), '\n', ' ');
  return request + "}\n";
}

/** The answer's line, or nothing where the helper has ended. */
std::optional<std::string> ask(ChildProcess &process, const std::string &request, ProgressLog *log,
                               const ChildProcess::Tick &tick) {
  // One that reads no more may have answered all the same.
  process.send(request, tick);
  for (;;) {
    auto line = process.readLine(tick);
    if (!line || line->rfind("@nix ", 0) != 0) return line;
    if (log != nullptr) log->line(*line);
  }
}

std::string pathOf(const std::string &line) {
  const Json answer = Json::parse(line, nullptr, false);
  if (answer.is_object()) {
    if (const Json &error = objectAt(answer, "error"); !error.empty()) {
      const std::string code = textAt(error, "code");
      throw failureOf(error, code.empty() ? "HELPER_FAILED" : code);
    }
    if (std::string path = textAt(answer, "storePath"); !path.empty()) return path;
  }
  throw Failure("HELPER_FAILED", "The helper program gave no result", {helperProgram(), {}, {}, {}});
}

} // namespace

void setInstallation(const std::string &folder) { root = folder; }
const std::string &installation() { return root; }

std::string fetchWithHelper(Evaluation &evaluation, const std::string &name, const std::string &specJson) {
  const std::lock_guard<std::mutex> guard(one);
  const auto tick = [&] { evaluation.checkInterrupt(); };
  const auto log = evaluation.openProgress("fetching the model " + name);
  const std::string request = requestOf(specJson, log != nullptr);
  // Taken out: whatever is thrown from here on ends it, and what it is at work on.
  Running running = std::exchange(idle, {});
  if (running.store != evaluation.storeUri()) running.process.reset();
  running.store = evaluation.storeUri();

  std::optional<std::string> line;
  // It ends by itself after a while without work.
  if (running.process) line = ask(*running.process, request, log.get(), tick);
  if (!line) {
    running.process = start(running.store);
    line = ask(*running.process, request, log.get(), tick);
  }
  if (line) {
    idle = std::move(running);
    return pathOf(*line);
  }
  const int status = running.process->wait(tick);
  // Ctrl-C reaches a helper that was started by hand in the same group before it reaches us.
  evaluation.checkInterrupt();
  throw Failure("HELPER_FAILED", "The helper program " + endOf(status) + " and gave no result",
                {helperProgram(), {}, {}, {}});
}

} // namespace ai_models

// Runs one program: a text on its standard input, its standard output collected, its standard error
// the user's own. Its process group never outlives the call.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ai_models {

struct ProgramRun {
  std::string program;
  std::vector<std::string> arguments;
  /** Added to the environment of this process. */
  std::vector<std::pair<std::string, std::string>> environment;
  std::string input;
};

struct ProgramResult {
  std::string output;
  /** As waitpid gives it. */
  int status;
};

/**
 * `tick` is called about ten times a second; when it throws, the program and what it started are
 * stopped before the exception goes on. Throws HELPER_FAILED where the program cannot be started.
 */
ProgramResult runProgram(const ProgramRun &run, const std::function<void()> &tick);

} // namespace ai_models

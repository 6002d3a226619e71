// The one exception of the version-neutral code: an error with a code of src/base/error-codes.json.
// A backend turns it into an evaluation error at the builtin's call.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace ai_models {

struct FailureDetails {
  std::string subject;
  std::string wanted;
  std::string found;
  /** What to do in this very case; the code's general advice is used when empty. */
  std::vector<std::string> remedies;
};

class Failure : public std::exception {
public:
  Failure(std::string code, const std::string &message, const FailureDetails &details = {});

  /** The whole text: what failed, on what, wanted and found, what to do. */
  const char *what() const noexcept override { return text.c_str(); }

  const std::string code;

private:
  std::string text;
};

/** The code that a status number of the core stands for. */
std::string codeOfStatus(unsigned status);

} // namespace ai_models

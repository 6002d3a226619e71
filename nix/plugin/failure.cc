// Renders failures as src/base/errors.ts does, so that one fault reads the same from the command
// line and from `nix eval`.

#include "failure.h"

#include "errors.h"

namespace ai_models {

namespace {

/** The code's general advice as lines `- …`, from the table that the command line uses too. */
std::string generalRemedies(const std::string &code) {
  for (const ErrorRow &row : errorRows)
    if (code == row.code) return row.remedies;
  return "";
}

std::string remedyLines(const std::string &code, const FailureDetails &details) {
  if (details.remedies.empty()) return generalRemedies(code);
  std::string lines;
  for (const std::string &remedy : details.remedies)
    lines += (lines.empty() ? "- " : "\n- ") + remedy;
  return lines;
}

/** Each line of `text` moved in by two columns. */
std::string indented(const std::string &text) {
  std::string result = "  ";
  for (const char character : text) {
    result += character;
    if (character == '\n') result += "  ";
  }
  return result;
}

std::string render(const std::string &code, const std::string &message,
                   const FailureDetails &details) {
  std::string text = message + " [" + code + "]";
  if (!details.subject.empty()) text += "\n  on:     " + details.subject;
  if (!details.wanted.empty()) text += "\n  wanted: " + details.wanted;
  if (!details.found.empty()) text += "\n  found:  " + details.found;
  const std::string remedies = remedyLines(code, details);
  if (!remedies.empty()) text += "\n  what to do:\n" + indented(remedies);
  return text;
}

} // namespace

Failure::Failure(std::string code, const std::string &message, const FailureDetails &details)
    : code(std::move(code)), text(render(this->code, message, details)) {}

std::string codeOfStatus(unsigned status) {
  for (const ErrorRow &row : errorRows)
    if (row.status == status) return row.code;
  return "INTERNAL";
}

} // namespace ai_models

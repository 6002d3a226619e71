// The Evaluation of nix-api.h over Nix's C API. What that API has no function for is asked of the
// language's own builtins, or of the settings; docs/plugin.md lists what cannot be had at all.
#pragma once

#include "../nix-api.h"
#include "held.h"

#include <vector>

namespace ai_models {

/** One call of a builtin. Borrows the evaluator's state for that long. */
class CEvaluation final : public Evaluation {
public:
  explicit CEvaluation(EvalState *state) : state(state) {}

  Kind force(Value &value) override;
  std::string scalar(Value &value) override;
  std::string string(Value &value) override;
  std::string localFile(Value &path) override;
  std::string readableFile(const std::string &path) override;
  void eachAttribute(
      Value &attributes, const std::function<void(std::string_view, Value &)> &visit) override;
  void eachElement(Value &list, const std::function<void(Value &)> &visit) override;

  bool restrictsPaths() override;
  bool restrictsUris() override;
  void checkUri(const std::string &uri) override;
  void checkInterrupt() override;

  std::string storeDirectory() override;
  std::string storeUri() override;
  bool isValidPath(const std::string &path) override;
  void keepPath(const std::string &) override {}
  bool substitute(const std::string &path) override;
  void refreshStore() override;
  void allowPath(const std::string &) override {}
  std::string realPath(const std::string &path) override;

private:
  EvalState *state;
  /** Values that were handed out: they are borrowed until the call ends. */
  std::vector<HeldValue> visited;
  /** A store path that the argument carries as context: it may be read, and where its links lead in the store. */
  std::string carried;

  Value &visit(nix_value *value);
  std::string storePathAround(const std::string &path);
  bool carries(nix_value *string, const std::string &storePath);
  void requireReadable(const std::string &path);
};

} // namespace ai_models

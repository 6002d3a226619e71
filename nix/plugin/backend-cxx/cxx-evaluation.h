// The Evaluation of nix-api.h over Nix's C++ API.
#pragma once

#include "../nix-api.h"
#include "compat.h"

namespace ai_models {

/** One call of a builtin. Borrows the evaluator's state for that long. */
class CxxEvaluation final : public Evaluation {
public:
  CxxEvaluation(nix::EvalState &state, compat::Position position) : state(state), position(position) {}

  Kind force(Value &value) override;
  std::string scalar(Value &value) override;
  std::string string(Value &value) override;
  std::string localFile(Value &path) override;
  std::string readableFile(const std::string &path) override;
  void eachAttribute(
      Value &attributes, const std::function<void(std::string_view, Value &)> &visit) override;
  void eachElement(Value &list, const std::function<void(Value &)> &visit) override;

  bool restrictsPaths() override;
  bool restrictsUris() override { return compat::settingsOf(state).restrictEval; }
  void checkUri(const std::string &uri) override { state.checkURI(uri); }
  void checkInterrupt() override { nix::checkInterrupt(); }
  std::unique_ptr<ProgressLog> openProgress(const std::string &title) override;
  void warn(const std::string &text) override { nix::logger->warn(text); }

  std::string storeDirectory() override { return state.store->storeDir; }
  std::string storeUri() override;
  bool isValidPath(const std::string &path) override;
  void keepPath(const std::string &path) override;
  bool substitute(const std::string &path) override;
  void refreshStore() override { state.store->clearPathInfoCache(); }
  void allowPath(const std::string &path) override;
  std::string realPath(const std::string &path) override;

private:
  nix::EvalState &state;
  compat::Position position;

  nix::StorePath parseStorePath(std::string_view path);
};

} // namespace ai_models

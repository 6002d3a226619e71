// The border between the builtins and Nix: what leaves is an exception of Nix's own.
#pragma once

#include "../failure.h"
#include "compat.h"

namespace ai_models {

/** Runs `body`. A Failure, or anything else that Nix does not know, becomes an EvalError. */
template <typename Body>
void guarded(nix::EvalState &state, compat::Position position, Body body) {
  std::string text;
  try {
    return body();
  } catch (nix::BaseError &) {
    throw; // an error of the expression, or an interrupt
  } catch (const Failure &failure) {
    text = failure.what();
  } catch (const std::bad_alloc &) {
    const FailureDetails details{{}, {}, {}, {"Use a smaller spec or lock file."}};
    text = Failure("INTERNAL", "Out of memory", details).what();
  } catch (const std::exception &error) {
    text = Failure("INTERNAL", error.what()).what();
  }
  compat::throwError(state, position, text);
}

} // namespace ai_models

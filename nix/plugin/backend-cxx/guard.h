// The border between the builtins and Nix: what leaves is an exception of Nix's own.
#pragma once

#include "../failure-attribute.h"
#include "compat.h"

namespace ai_models {

/** Where the attribute stands that the names lead to, as far as they go. Forces nothing. */
inline compat::Position placeOf(const nix::EvalState &state, compat::Position position, nix::Value *value,
                                const std::vector<std::string> &names) {
  const nix::Attr *found = nullptr;
  for (const std::string &name : names) {
    const nix::Attr *inner = nullptr;
    if (value == nullptr || value->type() != nix::nAttrs) break;
    for (const nix::Attr &attribute : compat::attributesOf(*value))
      if (compat::nameOf(state, attribute) == name) inner = &attribute;
    if (inner == nullptr) break;
    found = inner;
    value = inner->value;
  }
  return found == nullptr ? position : compat::placeOf(*found, position);
}

/**
 * Runs `body`. A Failure, or anything else that Nix does not know, becomes an EvalError: at the attribute of
 * `argument` that it is about, or at `position`.
 */
template <typename Body>
void guarded(nix::EvalState &state, compat::Position position, nix::Value *argument, Body body) {
  std::string text;
  std::vector<std::string> attribute;
  try {
    return body();
  } catch (nix::BaseError &) {
    throw; // an error of the expression, or an interrupt
  } catch (const Failure &failure) {
    text = failure.what();
    attribute = attributeOf(failure);
  } catch (const std::bad_alloc &) {
    const FailureDetails details{{}, {}, {}, {"Use a smaller spec or lock file."}};
    text = Failure("INTERNAL", "Out of memory", details).what();
  } catch (const std::exception &error) {
    text = Failure("INTERNAL", error.what()).what();
  }
  compat::throwError(state, placeOf(state, position, argument, attribute), text);
}

} // namespace ai_models

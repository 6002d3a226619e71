// References of the C API, given back when they go out of scope.
#pragma once

#include "nix-headers.h"

#include <memory>

namespace ai_models {

struct ReleaseValue {
  void operator()(nix_value *value) const { nix_gc_decref(nullptr, value); }
};
/** A value that the collector leaves alone for as long as this lives. */
using HeldValue = std::unique_ptr<nix_value, ReleaseValue>;

inline HeldValue newValue(EvalState *state) { return HeldValue(nix_alloc_value(nullptr, state)); }

/** The value of an expression, which sees nothing but the builtins. */
inline HeldValue evaluate(EvalState *state, const char *expression) {
  HeldValue value = newValue(state);
  nix_expr_eval_from_string(nullptr, state, expression, "/", value.get());
  return value;
}

/** `function argument`, evaluated. */
inline HeldValue apply(EvalState *state, const HeldValue &function, nix_value *argument) {
  HeldValue result = newValue(state);
  nix_value_call(nullptr, state, function.get(), argument, result.get());
  return result;
}

inline std::string textOf(const nix_value *string) {
  std::string text;
  nix_get_string(nullptr, string, appendTo, &text);
  return text;
}

inline HeldValue newString(EvalState *state, const std::string &text) {
  HeldValue value = newValue(state);
  nix_init_string(nullptr, value.get(), text.c_str());
  return value;
}

} // namespace ai_models

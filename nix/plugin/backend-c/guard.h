// The border between the builtins and Nix: what leaves is an exception of Nix's own, or a message in the
// context of the call, which Nix makes an evaluation error of, with the position of the call.
#pragma once

#include "../failure.h"
#include "nix-headers.h"

#include <cxxabi.h>
#include <cstring>
#include <new>
#include <typeinfo>

namespace ai_models {

/** Whether the exception in flight is of a class of Nix's: an error of the expression, or an interrupt. */
inline bool isOfNix() {
  const std::type_info *type = abi::__cxa_current_exception_type();
  return type != nullptr && std::strncmp(type->name(), "N3nix", 5) == 0;
}

/** Runs `body`. A Failure, or anything else that Nix does not know, becomes an error of the call. */
template <typename Body> void guarded(nix_c_context *context, Body body) {
  std::string text;
  try {
    return body();
  } catch (const Failure &failure) {
    text = failure.what();
  } catch (const std::bad_alloc &) {
    text = Failure("INTERNAL", "Out of memory", {{}, {}, {}, {"Use a smaller spec or lock file."}}).what();
  } catch (const std::exception &error) {
    if (isOfNix()) throw;
    text = Failure("INTERNAL", error.what()).what();
  }
  nix_set_err_msg(context, NIX_ERR_UNKNOWN, text.c_str());
}

} // namespace ai_models

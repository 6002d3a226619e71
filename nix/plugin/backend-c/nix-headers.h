// Nix's C API, in one place. Its functions throw Nix's own C++ exceptions where they are given no context
// to write an error to (nix_api_util.h says so): they pass through the neutral code as nix-api.h wants it,
// with their positions, and an interrupt stays an interrupt.
#pragma once

#include <nix_api_expr.h>
#include <nix_api_store.h>
#include <nix_api_util.h>
#include <nix_api_value.h>

#include <string>

namespace ai_models {

/** A nix_get_string_callback: appends to a std::string. */
inline void appendTo(const char *start, unsigned int size, void *string) {
  static_cast<std::string *>(string)->append(start, size);
}

} // namespace ai_models

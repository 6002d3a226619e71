// What Nix 2.26 lacks of the C API that the backend is written against (2.34): included before everything
// when the backend is compiled for it, which only tests do. These evaluate what the real ones leave alone.
#pragma once

#include <nix_api_value.h>

inline nix_value *nix_get_attr_byidx_lazy(nix_c_context *context, nix_value *value, EvalState *state, unsigned index,
                                          const char **name) {
  return nix_get_attr_byidx(context, value, state, index, name);
}

inline nix_value *nix_get_list_byidx_lazy(nix_c_context *context, const nix_value *value, EvalState *state,
                                          unsigned index) {
  return nix_get_list_byidx(context, value, state, index);
}

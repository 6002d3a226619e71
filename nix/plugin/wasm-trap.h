/* Included before wasm2c's runtime, so that a trap becomes a C++ exception (wasm-core.cc)
   instead of a longjmp across frames that have destructors. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif
#include "wasm-rt.h"

#define WASM_RT_TRAP_HANDLER ai_models_trap
void ai_models_trap(wasm_rt_trap_t code);
#ifdef __cplusplus
}
#endif

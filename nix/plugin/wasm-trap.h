/* Included before wasm2c's runtime, so that a trap becomes a C++ exception (wasm-core.cc)
   instead of a longjmp across frames that have destructors. */
#pragma once

#define WASM_RT_TRAP_HANDLER ai_models_trap

#ifdef __cplusplus
extern "C"
#endif
void ai_models_trap(int code);

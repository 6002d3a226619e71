// The names that wasm2c gave the module, which differ between its releases: `Z_core…` up to 1.0.32,
// `w2c_core…` and `wasm2c_core…` from 1.0.33 on. Only wasm-core.cc includes this.
#pragma once

extern "C" {
#include "core.h"
}

#ifdef WASM2C_MODERN_NAMES
#define CORE_EXPORT(name) w2c_core_##name
using core_instance = w2c_core;
inline void core_prepare() {}
inline void core_instantiate(core_instance *core) { wasm2c_core_instantiate(core); }
inline void core_free(core_instance *core) { wasm2c_core_free(core); }
#else
#define CORE_EXPORT(name) Z_coreZ_##name
using core_instance = Z_core_instance_t;
inline void core_prepare() { Z_core_init_module(); }
inline void core_instantiate(core_instance *core) { Z_core_instantiate(core); }
inline void core_free(core_instance *core) { Z_core_free(core); }
#endif
inline wasm_rt_memory_t *core_memory(core_instance *core) { return CORE_EXPORT(memory)(core); }

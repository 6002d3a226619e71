// The names that wasm2c gave the module, which differ between its releases: `Z_core…` up to 1.0.32,
// `w2c_core…` and `wasm2c_core…` from 1.0.33 on. Only wasm-core.cc includes this.
#pragma once

extern "C" {
#include "core.h"
}

#ifdef WASM2C_MODERN_NAMES
using core_instance = w2c_core;
inline void core_prepare() {}
inline void core_instantiate(core_instance *core) { wasm2c_core_instantiate(core); }
inline void core_free(core_instance *core) { wasm2c_core_free(core); }
inline wasm_rt_memory_t *core_memory(core_instance *core) { return w2c_core_memory(core); }
inline uint32_t core_allocate(core_instance *core, uint32_t size) {
  return w2c_core_cabi_realloc(core, 0, 0, 1, size);
}
inline uint32_t core_plan(core_instance *core, uint32_t spec, uint32_t specSize, uint32_t store,
                          uint32_t storeSize) {
  return w2c_core_plan(core, spec, specSize, store, storeSize);
}
inline void core_reset(core_instance *core) { w2c_core_reset(core); }
#else
using core_instance = Z_core_instance_t;
inline void core_prepare() { Z_core_init_module(); }
inline void core_instantiate(core_instance *core) { Z_core_instantiate(core); }
inline void core_free(core_instance *core) { Z_core_free(core); }
inline wasm_rt_memory_t *core_memory(core_instance *core) { return Z_coreZ_memory(core); }
inline uint32_t core_allocate(core_instance *core, uint32_t size) {
  return Z_coreZ_cabi_realloc(core, 0, 0, 1, size);
}
inline uint32_t core_plan(core_instance *core, uint32_t spec, uint32_t specSize, uint32_t store,
                          uint32_t storeSize) {
  return Z_coreZ_plan(core, spec, specSize, store, storeSize);
}
inline void core_reset(core_instance *core) { Z_coreZ_reset(core); }
#endif

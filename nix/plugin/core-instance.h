// One instance of the WASM core and its memory: arguments in, replies out, every address that the guest
// gives checked. For the files that call exports of the core (wasm-core.cc, pull-machine.cc); only these
// are compiled with wasm2c's headers.
#pragma once

#include "core-module.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace ai_models {

/** In the guest's memory. */
struct Bytes {
  uint32_t address, size;
};

/** wasm2c's runtime keeps its call depth in a global: whoever calls an export holds this. */
std::mutex &coreRuntime();

class Instance {
public:
  Instance();
  ~Instance() { core_free(&module); }
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;

  core_instance *get() { return &module; }

  /** Copies bytes into the guest's arena. */
  Bytes put(std::string_view bytes);
  /** The data of the reply at `address`, or its error as a Failure that names `subject`. */
  std::string take(uint32_t address, const std::string &subject);
  /** A range of the guest's memory, until the guest is called again. Throws where it is none. */
  uint8_t *range(uint32_t address, uint64_t size);
  /** Empties the arena. */
  void empty();
  /** Bytes of memory that it holds: it never shrinks. */
  uint64_t memorySize() { return memory().size; }

private:
  core_instance module{};

  wasm_rt_memory_t &memory() { return *core_memory(&module); }
};

} // namespace ai_models

// Hosts the core. The module is bounds-checked C without signal handlers (the evaluator's collector
// owns those), compiled with -fexceptions so that a trap unwinds through it as a Failure.
//
// wasm/abi.ts describes the calls: arguments are copied to where `cabi_realloc` points, a reply is
// {u32 status, u32 ptr, u32 len}. Every address that the guest gives is checked against its memory.

#include "wasm-core.h"

#include "core-module.h"
#include "failure-json.h"
#include "wasm-trap.h"

#include <cstring>
#include <memory>
#include <mutex>

extern "C" void ai_models_trap(wasm_rt_trap_t code) {
  const char *why = code == WASM_RT_TRAP_OOB           ? "it read or wrote outside its memory"
                    : code == WASM_RT_TRAP_EXHAUSTION  ? "its call stack is exhausted"
                    : code == WASM_RT_TRAP_UNREACHABLE ? "it gave up (out of memory, or a bug)"
                                                       : "it trapped";
  throw ai_models::Failure("INTERNAL", std::string("The WASM core stopped: ") + why);
}

namespace ai_models {

namespace {

/** 64 KiB pages: 1 GiB. A lock of 100,000 files needs some 100 MB; the guest gets no more. */
constexpr uint32_t MAX_PAGES = 16384;
/** 4 MiB: what an instance may hold on to between calls. */
constexpr uint32_t MAX_IDLE_PAGES = 64;

/** An error reply is JSON, or a plain line of text from the simplest exports. */
[[noreturn]] void refuse(const std::string &code, const std::string &data, const std::string &subject) {
  auto error = nlohmann::json::parse(data, nullptr, false);
  if (!error.is_object()) throw Failure(code, data, {subject, {}, {}, {}});
  if (!subject.empty() && !error.contains("subject")) error["subject"] = subject;
  throw failureOf(error, code);
}

/** wasm2c's runtime keeps its call depth in a global: one call at a time. */
std::mutex runtime;

/** In the guest's memory. */
struct Bytes {
  uint32_t address, size;
};

class Instance {
public:
  Instance() {
    core_instantiate(&module);
    memory().max_pages = MAX_PAGES;
  }
  ~Instance() { core_free(&module); }
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;

  core_instance *get() { return &module; }

  /** Copies bytes into the guest. */
  Bytes put(std::string_view bytes) {
    if (bytes.size() > UINT32_MAX) throw Failure("FORMAT_LIMIT", "The argument is too large");
    const auto size = static_cast<uint32_t>(bytes.size());
    const uint32_t address = CORE_EXPORT(cabi_realloc)(&module, 0, 0, 1, size);
    std::memcpy(range(address, size), bytes.data(), size);
    return {address, size};
  }

  /** The data of the reply at `address`, or its error as a Failure. */
  std::string take(uint32_t address, const std::string &subject) {
    uint32_t record[3];
    std::memcpy(record, range(address, sizeof record), sizeof record);
    std::string data(reinterpret_cast<const char *>(range(record[1], record[2])), record[2]);
    if (record[0] != 0) refuse(codeOfStatus(record[0]), data, subject);
    return data;
  }

  /** Empties the arena. False where the memory has grown too large to be kept. */
  bool emptied() {
    CORE_EXPORT(reset)(&module);
    return memory().pages <= MAX_IDLE_PAGES;
  }

private:
  core_instance module{};

  wasm_rt_memory_t &memory() { return *core_memory(&module); }

  uint8_t *range(uint32_t address, uint32_t size) {
    if (uint64_t(address) + size > memory().size)
      throw Failure("INTERNAL", "The WASM core gave an address outside its memory");
    return memory().data + address;
  }
};

void prepareRuntime() {
  static std::once_flag once;
  std::call_once(once, [] {
    wasm_rt_init();
    core_prepare();
  });
}

/** `call` with an instance. One serves many calls; one that has failed, or has grown, is dropped. */
template <typename Call> std::string withInstance(Call call, const std::string &subject = {}) {
  const std::lock_guard<std::mutex> guard(runtime);
  prepareRuntime();
  // A new instance has its whole memory to clear; an evaluation may ask thousands of times.
  static std::unique_ptr<Instance> idle;
  std::unique_ptr<Instance> core = idle ? std::move(idle) : std::make_unique<Instance>();
  std::string reply = core->take(call(*core), subject);
  if (core->emptied()) idle = std::move(core);
  return reply;
}

using PlanExport = uint32_t(core_instance *, uint32_t, uint32_t, uint32_t, uint32_t);

std::string askAboutSpec(PlanExport *ask, std::string_view specJson, std::string_view storeDirectory) {
  return withInstance([&](Instance &core) {
    const Bytes spec = core.put(specJson);
    const Bytes directory = core.put(storeDirectory);
    return ask(core.get(), spec.address, spec.size, directory.address, directory.size);
  });
}

using FileExport = uint32_t(core_instance *, uint32_t, uint32_t, uint64_t);

std::string askAboutFile(FileExport *ask, std::string_view start, uint64_t fileSize, const std::string &subject) {
  return withInstance(
      [&](Instance &core) {
        const Bytes bytes = core.put(start);
        return ask(core.get(), bytes.address, bytes.size, fileSize);
      },
      subject);
}

uint64_t numberOf(const std::string &reply) {
  uint64_t number;
  if (reply.size() != sizeof number) throw Failure("INTERNAL", "The WASM core gave no number");
  std::memcpy(&number, reply.data(), sizeof number);
  return number;
}

} // namespace

std::string pinModel(std::string_view specJson, std::string_view storeDirectory) {
  return askAboutSpec(CORE_EXPORT(pin), specJson, storeDirectory);
}

std::string planModel(std::string_view specJson, std::string_view storeDirectory) {
  return askAboutSpec(CORE_EXPORT(plan), specJson, storeDirectory);
}

uint64_t safetensorsSize(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return numberOf(askAboutFile(CORE_EXPORT(safetensorssize), start, fileSize, subject));
}

std::string inspectSafetensors(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return askAboutFile(CORE_EXPORT(safetensors), start, fileSize, subject);
}

uint64_t ggufSize(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return numberOf(askAboutFile(CORE_EXPORT(ggufsize), start, fileSize, subject));
}

std::string inspectGguf(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return askAboutFile(CORE_EXPORT(gguf), start, fileSize, subject);
}

} // namespace ai_models

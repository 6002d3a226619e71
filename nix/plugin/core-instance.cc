// Hosts the core. The module is bounds-checked C without signal handlers (the evaluator's collector
// owns those), compiled with -fexceptions so that a trap unwinds through it as a Failure.
//
// wasm/abi.ts describes the calls: arguments are copied to where `cabi_realloc` points, a reply is
// {u32 status, u32 ptr, u32 len}.

#include "core-instance.h"

#include "failure-json.h"
#include "wasm-trap.h"

#include <cstring>

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

/** An error reply is JSON, or a plain line of text from the simplest exports. */
[[noreturn]] void refuse(const std::string &code, const std::string &data, const std::string &subject) {
  auto error = nlohmann::json::parse(data, nullptr, false);
  if (!error.is_object()) throw Failure(code, data, {subject, {}, {}, {}});
  if (!subject.empty() && !error.contains("subject")) error["subject"] = subject;
  throw failureOf(error, code);
}

void prepareRuntime() {
  static std::once_flag once;
  std::call_once(once, [] {
    wasm_rt_init();
    core_prepare();
  });
}

} // namespace

std::mutex &coreRuntime() {
  static std::mutex mutex;
  return mutex;
}

Instance::Instance() {
  prepareRuntime();
  core_instantiate(&module);
  memory().max_pages = MAX_PAGES;
}

Bytes Instance::put(std::string_view bytes) {
  if (bytes.size() > UINT32_MAX) throw Failure("FORMAT_LIMIT", "The argument is too large");
  const auto size = static_cast<uint32_t>(bytes.size());
  const uint32_t address = CORE_EXPORT(cabi_realloc)(&module, 0, 0, 1, size);
  std::memcpy(range(address, size), bytes.data(), size);
  return {address, size};
}

std::string Instance::take(uint32_t address, const std::string &subject) {
  uint32_t record[3];
  std::memcpy(record, range(address, sizeof record), sizeof record);
  std::string data(reinterpret_cast<const char *>(range(record[1], record[2])), record[2]);
  if (record[0] != 0) refuse(codeOfStatus(record[0]), data, subject);
  return data;
}

uint8_t *Instance::range(uint32_t address, uint64_t size) {
  if (size > memory().size || address > memory().size - size)
    throw Failure("INTERNAL", "The WASM core gave an address outside its memory");
  return memory().data + address;
}

void Instance::empty() { CORE_EXPORT(reset)(&module); }

} // namespace ai_models

// The core's exports that answer in one call. Those that ask their host for bytes in between are
// pull-machine.cc's.

#include "wasm-core.h"

#include "core-instance.h"
#include "failure.h"

#include <cstring>
#include <memory>

namespace ai_models {

namespace {

/** What an instance may hold on to between calls. */
constexpr uint64_t MAX_IDLE_BYTES = 4 << 20;

/** `call` with an instance. One serves many calls; one that has failed, or has grown, is dropped. */
template <typename Call> std::string withInstance(Call call, const std::string &subject = {}) {
  const std::lock_guard<std::mutex> guard(coreRuntime());
  // A new instance has its whole memory to clear; an evaluation may ask thousands of times.
  static std::unique_ptr<Instance> idle;
  std::unique_ptr<Instance> core = idle ? std::move(idle) : std::make_unique<Instance>();
  std::string reply = core->take(call(*core), subject);
  core->empty();
  if (core->memorySize() <= MAX_IDLE_BYTES) idle = std::move(core);
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

std::string scanTree(std::string_view entriesJson) {
  return withInstance([&](Instance &core) {
    const Bytes entries = core.put(entriesJson);
    return CORE_EXPORT(scantree)(core.get(), entries.address, entries.size);
  });
}

uint64_t safetensorsSize(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return numberOf(askAboutFile(CORE_EXPORT(safetensorssize), start, fileSize, subject));
}

std::string inspectSafetensors(std::string_view start, uint64_t fileSize, Detail detail, const std::string &subject) {
  FileExport *ask = detail == Detail::tensors ? CORE_EXPORT(safetensors) : CORE_EXPORT(safetensorstotals);
  return askAboutFile(ask, start, fileSize, subject);
}

uint64_t ggufSize(std::string_view start, uint64_t fileSize, const std::string &subject) {
  return numberOf(askAboutFile(CORE_EXPORT(ggufsize), start, fileSize, subject));
}

std::string inspectGguf(std::string_view start, uint64_t fileSize, Detail detail, const std::string &subject) {
  FileExport *ask = detail == Detail::tensors ? CORE_EXPORT(gguf) : CORE_EXPORT(gguftotals);
  return askAboutFile(ask, start, fileSize, subject);
}

} // namespace ai_models

// Each run has an instance of the core to itself while it runs. One that has grown or failed is dropped.

#include "pull-machine.h"

#include "core-instance.h"
#include "scan-source.h"

#include <cstring>
#include <map>

namespace ai_models {

namespace {

/** Kinds of requests. */
constexpr uint32_t READ = 1, OPEN = 2, KEEP = 3, CLOSE = 4, DONE = 5;

/** So many bytes there were, and then no more, for a reason. */
int64_t ended(Failed reason, size_t count = 0) {
  return -(static_cast<int64_t>(count) * 256 + static_cast<int64_t>(reason));
}

/** As the core lays it out; the report follows the last one. */
struct Request {
  uint32_t kind, source;
  uint64_t offset, length;
  uint32_t address, method, from, limit;
};
constexpr size_t REQUEST_BYTES = 40;
static_assert(sizeof(Request) == REQUEST_BYTES, "the core writes it without gaps");

/** The end of a path is enough for the core: it looks at the extension. */
constexpr size_t NAME_BYTES = 256;

/** What an instance may hold on to between runs; its windows and tables take some of it always. */
constexpr uint64_t MAX_IDLE_BYTES = 64 << 20;

/** The instance that the last run has left. */
std::unique_ptr<Instance> idle;

/** `scanopen`, or `inspectopen`: what is done with the file. */
using Open = void(core_instance *, uint32_t, uint32_t, uint64_t);

class PullMachine {
public:
  PullMachine(Open *verb, const LocalFile &file, const std::function<void()> &tick)
      : verb(verb), file(file), tick(tick) {
    sources[0] = fileSource(file);
  }

  std::string run() {
    open();
    for (;;) {
      tick();
      const std::string reply = step();
      Request request;
      if (reply.size() < REQUEST_BYTES) throw Failure("INTERNAL", "The WASM core asks for nothing");
      std::memcpy(&request, reply.data(), REQUEST_BYTES);
      if (request.kind == DONE) return finish(reply.substr(REQUEST_BYTES));
      feed(answer(request));
    }
  }

private:
  Open *const verb;
  const LocalFile &file;
  const std::function<void()> &tick;
  std::map<uint32_t, Source> sources;
  std::unique_ptr<Instance> core;

  void open() {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    core = idle ? std::move(idle) : std::make_unique<Instance>();
    const std::string_view path = file.path;
    const Bytes name = core->put(path.substr(path.size() - std::min(path.size(), NAME_BYTES)));
    verb(core->get(), name.address, name.size, file.size);
    core->empty();
  }

  std::string step() {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    std::string reply = core->take(CORE_EXPORT(scanstep)(core->get()), file.path);
    core->empty();
    return reply;
  }

  void feed(int64_t answered) {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    CORE_EXPORT(scanfeed)(core->get(), static_cast<uint64_t>(answered));
  }

  std::string finish(std::string report) {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    if (core->memorySize() <= MAX_IDLE_BYTES) idle = std::move(core);
    return report;
  }

  int64_t answer(const Request &request) {
    if (request.kind == READ) return read(request);
    if (request.kind != OPEN && request.kind != KEEP && request.kind != CLOSE) return 0;
    sources.erase(request.source);
    if (request.kind == CLOSE) return 0;
    if (!canUnpack(request.method)) return ended(Failed::cannot);
    const auto parent = sources.find(request.from);
    if (parent == sources.end()) return ended(Failed::broken);
    PackedRange packed{parent->second, request.offset, request.length, request.method};
    if (request.kind == KEEP) return keep(std::move(packed), request);
    sources[request.source] = unpackedSource(std::move(packed), tick);
    return 0;
  }

  int64_t read(const Request &request) {
    uint8_t *target = core->range(request.address, request.length);
    const auto found = sources.find(request.source);
    if (found == sources.end()) return ended(Failed::broken);
    ScanSource &source = *found->second;
    const size_t count = source.read(request.offset, target, request.length);
    const bool isWhole = count == request.length || source.failed == Failed::no;
    return isWhole ? static_cast<int64_t>(count) : ended(source.failed, count);
  }

  int64_t keep(PackedRange packed, const Request &request) {
    Kept kept = unpackWhole(std::move(packed), request.limit, tick);
    if (kept.failed == Failed::tooLarge) return ended(kept.failed);
    const size_t size = kept.bytes.size();
    sources[request.source] = bytesSource(std::move(kept.bytes));
    return kept.failed == Failed::no ? static_cast<int64_t>(size) : ended(kept.failed, size);
  }
};

} // namespace

std::string scanFile(const LocalFile &file, const std::function<void()> &tick) {
  return PullMachine(CORE_EXPORT(scanopen), file, tick).run();
}

std::string inspectFile(const LocalFile &file, const std::function<void()> &tick) {
  return PullMachine(CORE_EXPORT(inspectopen), file, tick).run();
}

} // namespace ai_models

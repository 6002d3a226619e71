// Hosts the core's own decoders (wasm/decode/decoder.ts). Each runs in an instance of its own, because it keeps
// megabytes between steps.

#include "core-instance.h"
#include "decoder.h"
#include "failure.h"

#include <cstring>

namespace ai_models {

namespace {

/** What a step answers (wasm/decode/stream.ts). */
constexpr uint32_t MORE = 0, END = 2, BROKEN = 3, CANNOT = 4, TRAILING = 5;

/** The record that the core keeps. */
struct Stream {
  uint32_t status, out, outSize, fillAt, fillSize;
};

class CoreDecoder final : public Decoder {
public:
  CoreDecoder(uint32_t method, Take take) : take(std::move(take)) {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    record = CORE_EXPORT(decodeopen)(core.get(), method);
  }

  std::string_view next() override {
    while (status != END && failed == Failed::no) {
      if (status == MORE) fill();
      const Stream stream = step();
      status = stream.status;
      failed = status == BROKEN     ? Failed::broken
               : status == CANNOT   ? Failed::cannot
               : status == TRAILING ? Failed::trailing
                                    : Failed::no;
      if (stream.outSize == 0) continue;
      const uint8_t *out = core.range(stream.out, stream.outSize);
      return {reinterpret_cast<const char *>(out), stream.outSize};
    }
    return {};
  }

private:
  Instance core;
  const Take take;
  uint32_t record;
  uint32_t status = MORE;
  /** Packed bytes that were put into the core and not been told of yet, and whether they were the last. */
  uint32_t filled = 0;
  bool last = false;

  Stream words() {
    Stream stream;
    std::memcpy(&stream, core.range(record, sizeof stream), sizeof stream);
    return stream;
  }

  void fill() {
    const Stream stream = words();
    uint8_t *target = core.range(stream.fillAt, stream.fillSize);
    filled = last ? 0 : static_cast<uint32_t>(take(target, stream.fillSize));
    last = last || filled < stream.fillSize;
  }

  Stream step() {
    const std::lock_guard<std::mutex> guard(coreRuntime());
    CORE_EXPORT(decodestep)(core.get(), filled, last);
    filled = 0;
    return words();
  }
};

} // namespace

std::unique_ptr<Decoder> openCoreDecoder(uint32_t method, Take take) {
  return std::make_unique<CoreDecoder>(method, std::move(take));
}

} // namespace ai_models

// A source ends where its decoder does; why is for the core to say.

#include "scan-source.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace ai_models {

namespace {

constexpr size_t WHOLE_STEP_BYTES = 1 << 20;

/** By the numbers of wasm/scan/decoding.ts. zstd and 7z have no decoder here. */
const std::map<uint32_t, std::unique_ptr<Decoder> (*)(uint32_t, Take)> DECODERS = {
    {1, openZlib},        {2, openZlib},        {3, openZlib},        {4, openCoreDecoder},
    {5, openCoreDecoder}, {6, openCoreDecoder}, {7, openCoreDecoder}, {9, openCoreDecoder},
};

class FileBytes final : public ScanSource {
public:
  explicit FileBytes(const LocalFile &file) : file(file) {}
  size_t read(uint64_t offset, uint8_t *target, size_t length) override {
    return file.read(offset, target, length);
  }

private:
  const LocalFile &file;
};

class KeptBytes final : public ScanSource {
public:
  explicit KeptBytes(std::string bytes) : bytes(std::move(bytes)) {}
  size_t read(uint64_t offset, uint8_t *target, size_t length) override {
    if (offset >= bytes.size()) return 0;
    const size_t count = std::min<uint64_t>(length, bytes.size() - offset);
    std::memcpy(target, bytes.data() + offset, count);
    return count;
  }

private:
  const std::string bytes;
};

class UnpackedBytes final : public ScanSource {
public:
  UnpackedBytes(PackedRange packed, const std::function<void()> &tick) : packed(std::move(packed)), tick(tick) {}

  size_t read(uint64_t offset, uint8_t *target, size_t length) override {
    if (offset < position) restart();
    while (position < offset && refill()) drop(std::min<uint64_t>(chunk.size(), offset - position));
    if (position < offset) return 0;
    size_t count = 0;
    while (count < length && refill()) {
      const size_t size = std::min(chunk.size(), length - count);
      std::memcpy(target + count, chunk.data(), size);
      count += size;
      drop(size);
    }
    return count;
  }

private:
  const PackedRange packed;
  const std::function<void()> tick;
  std::unique_ptr<Decoder> decoder;
  /** Packed bytes that have been read. */
  uint64_t taken = 0;
  /** What has been unpacked and not been read yet, and where its first byte stands. */
  std::string_view chunk;
  uint64_t position = 0;

  void restart() {
    decoder.reset();
    taken = position = 0;
    chunk = {};
    failed = Failed::no;
  }

  void drop(size_t count) {
    chunk.remove_prefix(count);
    position += count;
  }

  /** Whether there is anything left of the chunk, or another one. */
  bool refill() {
    if (!chunk.empty()) return true;
    if (failed != Failed::no) return false;
    tick();
    if (!decoder) open();
    chunk = decoder->next();
    if (chunk.empty()) failed = decoder->failed;
    return !chunk.empty();
  }

  void open() {
    const auto takeMore = [this](uint8_t *target, size_t length) { return take(target, length); };
    decoder = DECODERS.at(packed.method)(packed.method, takeMore);
  }

  size_t take(uint8_t *target, size_t length) {
    const size_t wanted = std::min<uint64_t>(length, packed.length - taken);
    const size_t count = packed.from->read(packed.offset + taken, target, wanted);
    taken += count;
    return count;
  }
};

} // namespace

Source fileSource(const LocalFile &file) { return std::make_shared<FileBytes>(file); }
Source bytesSource(std::string bytes) { return std::make_shared<KeptBytes>(std::move(bytes)); }

bool canUnpack(uint32_t method) { return DECODERS.count(method) > 0; }

Source unpackedSource(PackedRange packed, const std::function<void()> &tick) {
  return std::make_shared<UnpackedBytes>(std::move(packed), tick);
}

Kept unpackWhole(PackedRange packed, size_t limit, const std::function<void()> &tick) {
  const Source source = unpackedSource(std::move(packed), tick);
  std::string bytes;
  for (;;) {
    const size_t have = bytes.size();
    bytes.resize(have + WHOLE_STEP_BYTES);
    const size_t count = source->read(have, reinterpret_cast<uint8_t *>(bytes.data()) + have, WHOLE_STEP_BYTES);
    bytes.resize(have + count);
    if (bytes.size() > limit) return {{}, Failed::tooLarge};
    if (count < WHOLE_STEP_BYTES) return {std::move(bytes), source->failed};
  }
}

} // namespace ai_models

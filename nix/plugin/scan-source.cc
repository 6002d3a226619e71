// Unpacks with the system's zlib, in two small buffers whatever the data says.

#include "scan-source.h"

#include <algorithm>
#include <cstring>
#include <vector>
#include <zlib.h>

namespace ai_models {

namespace {

/** Methods, as numbers of a request (wasm/scan/decoding.ts). */
constexpr uint32_t DEFLATE = 1, ZLIB = 2, GZIP = 3;
/** What inflateInit2 calls them. */
constexpr int RAW_BITS = -MAX_WBITS, ZLIB_BITS = MAX_WBITS, GZIP_BITS = MAX_WBITS + 16;

constexpr size_t PACKED_BYTES = 16 << 10;
constexpr size_t SKIPPED_BYTES = 64 << 10;
constexpr size_t WHOLE_STEP_BYTES = 1 << 20;

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

class InflatedBytes final : public ScanSource {
public:
  InflatedBytes(PackedRange packed, const std::function<void()> &tick)
      : packed(std::move(packed)), tick(tick), input(PACKED_BYTES) {
    const uint32_t method = this->packed.method;
    if (inflateInit2(&stream, method == DEFLATE ? RAW_BITS : method == ZLIB ? ZLIB_BITS : GZIP_BITS) != Z_OK)
      throw std::bad_alloc();
  }
  ~InflatedBytes() override { inflateEnd(&stream); }
  InflatedBytes(const InflatedBytes &) = delete;
  InflatedBytes &operator=(const InflatedBytes &) = delete;

  size_t read(uint64_t offset, uint8_t *target, size_t length) override {
    if (offset < position) restart();
    std::vector<uint8_t> skipped(offset > position ? SKIPPED_BYTES : 0);
    while (offset > position && !ended) {
      tick();
      produce(skipped.data(), std::min<uint64_t>(skipped.size(), offset - position));
    }
    return offset == position ? produce(target, length) : 0;
  }

private:
  const PackedRange packed;
  const std::function<void()> tick;
  std::vector<uint8_t> input;
  z_stream stream{};
  /** Packed bytes that have been read. */
  uint64_t taken = 0;
  /** Unpacked bytes that have been made. */
  uint64_t position = 0;
  bool ended = false;

  void restart() {
    inflateReset(&stream);
    stream.avail_in = 0;
    taken = position = 0;
    ended = false;
  }

  size_t produce(uint8_t *target, size_t length) {
    if (packed.length == 0) ended = true;
    size_t made = 0;
    while (made < length && !ended) {
      if (stream.avail_in == 0) refill();
      stream.next_out = target + made;
      stream.avail_out = static_cast<uInt>(std::min<size_t>(length - made, WHOLE_STEP_BYTES));
      const uInt room = stream.avail_out;
      const bool dry = stream.avail_in == 0;
      const int status = inflate(&stream, Z_NO_FLUSH);
      made += room - stream.avail_out;
      if (status == Z_STREAM_END) endMember();
      else if ((status != Z_OK && status != Z_BUF_ERROR) || (dry && room == stream.avail_out)) throw BrokenData();
    }
    position += made;
    return made;
  }

  void refill() {
    const size_t wanted = std::min<uint64_t>(input.size(), packed.length - taken);
    const size_t count = packed.from->read(packed.offset + taken, input.data(), wanted);
    taken = count < wanted ? packed.length : taken + count;
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(count);
  }

  /** gzip: another member may follow. What follows otherwise is nobody's data. */
  void endMember() {
    ended = true;
    if (packed.method != GZIP) return;
    if (stream.avail_in == 0) refill();
    if (stream.avail_in == 0 || stream.next_in[0] != 0x1f) return;
    ended = false;
    inflateReset(&stream);
  }
};

} // namespace

Source fileSource(const LocalFile &file) { return std::make_shared<FileBytes>(file); }
Source bytesSource(std::string bytes) { return std::make_shared<KeptBytes>(std::move(bytes)); }

bool canUnpack(uint32_t method) { return method == DEFLATE || method == ZLIB || method == GZIP; }

Source unpackedSource(PackedRange packed, const std::function<void()> &tick) {
  return std::make_shared<InflatedBytes>(std::move(packed), tick);
}

std::optional<std::string> unpackWhole(PackedRange packed, size_t limit, const std::function<void()> &tick) {
  const Source source = unpackedSource(std::move(packed), tick);
  std::string bytes;
  for (;;) {
    tick();
    const size_t have = bytes.size();
    bytes.resize(have + WHOLE_STEP_BYTES);
    const size_t count = source->read(have, reinterpret_cast<uint8_t *>(bytes.data()) + have, WHOLE_STEP_BYTES);
    bytes.resize(have + count);
    if (bytes.size() > limit) return std::nullopt;
    if (count < WHOLE_STEP_BYTES) return bytes;
  }
}

} // namespace ai_models

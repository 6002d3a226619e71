// Deflate in its three wrappings, unpacked in two small buffers. The checksums inside are not compared: what is
// unpacked is judged whatever they say.

#include "decoder.h"

#include <new>
#include <vector>
#include <zlib.h>

namespace ai_models {

namespace {

constexpr uint32_t DEFLATE = 1, ZLIB = 2, GZIP = 3;
/** What inflateInit2 calls them. */
constexpr int RAW_BITS = -MAX_WBITS, ZLIB_BITS = MAX_WBITS, GZIP_BITS = MAX_WBITS + 16;

constexpr size_t PACKED_BYTES = 16 << 10;
constexpr size_t UNPACKED_BYTES = 64 << 10;

class ZlibDecoder final : public Decoder {
public:
  ZlibDecoder(uint32_t method, Take take) : isGzip(method == GZIP), take(std::move(take)) {
    const int bits = method == DEFLATE ? RAW_BITS : method == ZLIB ? ZLIB_BITS : GZIP_BITS;
    if (inflateInit2(&stream, bits) != Z_OK) throw std::bad_alloc();
    if (method != DEFLATE) inflateValidate(&stream, 0);
  }
  ~ZlibDecoder() override { inflateEnd(&stream); }
  ZlibDecoder(const ZlibDecoder &) = delete;
  ZlibDecoder &operator=(const ZlibDecoder &) = delete;

  std::string_view next() override {
    while (!ended) {
      if (stream.avail_in == 0) refill();
      stream.next_out = output.data();
      stream.avail_out = UNPACKED_BYTES;
      step(inflate(&stream, Z_NO_FLUSH));
      // What was unpacked before something broke comes out first: a loader has acted on it by then.
      const size_t made = UNPACKED_BYTES - stream.avail_out;
      if (made > 0) return {reinterpret_cast<const char *>(output.data()), made};
    }
    return {};
  }

private:
  const bool isGzip;
  const Take take;
  z_stream stream{};
  std::vector<uint8_t> input = std::vector<uint8_t>(PACKED_BYTES);
  std::vector<uint8_t> output = std::vector<uint8_t>(UNPACKED_BYTES);
  /** No more packed bytes will come. */
  bool last = false;
  bool ended = false;

  void refill() {
    const size_t count = last ? 0 : take(input.data(), input.size());
    last = last || count < input.size();
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(count);
  }

  void step(int status) {
    if (status == Z_STREAM_END) return endMember();
    const bool isDry = status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
    if (isDry ? !last : status == Z_OK) return;
    failed = Failed::broken;
    ended = true;
  }

  /** gzip: another member may follow. What follows otherwise is nobody's data. */
  void endMember() {
    ended = true;
    if (!isGzip) return;
    if (stream.avail_in == 0) refill();
    if (stream.avail_in == 0 || stream.next_in[0] != 0x1f) return;
    ended = false;
    inflateReset(&stream);
    inflateValidate(&stream, 0);
  }
};

} // namespace

std::unique_ptr<Decoder> openZlib(uint32_t method, Take take) {
  return std::make_unique<ZlibDecoder>(method, std::move(take));
}

} // namespace ai_models

// What every decoder is: scan-source.cc pulls bytes out of one, and gets no more than a few megabytes at a
// time whatever the content unpacks to. zlib-decoder.cc and core-decoder.cc are the two kinds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace ai_models {

/** Why a content was not unpacked to its end: the reasons of wasm/scan/session.ts. */
enum class Failed : int64_t { no = 0, cannot = 1, broken = 2, tooLarge = 3, trailing = 4 };

/** Fills the target with packed bytes; fewer only at the end. */
using Take = std::function<size_t(uint8_t *target, size_t length)>;

class Decoder {
public:
  virtual ~Decoder() = default;
  /** The next bytes, good until the next call; none at the end, and `failed` says whether it is one. */
  virtual std::string_view next() = 0;
  Failed failed = Failed::no;
};

// Methods are numbers of wasm/scan/decoding.ts.

/** deflate, zlib and gzip, by the system's zlib. */
std::unique_ptr<Decoder> openZlib(uint32_t method, Take take);
/** bzip2, xz, lzma and LZ4, by the core's own decoders, in an instance of the core. */
std::unique_ptr<Decoder> openCoreDecoder(uint32_t method, Take take);

} // namespace ai_models

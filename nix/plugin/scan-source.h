// Where the scanner's bytes come from: a file, bytes in memory, or something that is unpacked while it is
// read. pull-machine.cc hands them to the core; nothing here judges anything. src/core/scan-source.ts does
// the same for the command line.
#pragma once

#include "decoder.h"
#include "local-file.h"

#include <string>

namespace ai_models {

class ScanSource {
public:
  virtual ~ScanSource() = default;
  /** Fills the target from `offset` on; fewer bytes only at the end, or where `failed` says why. */
  virtual size_t read(uint64_t offset, uint8_t *target, size_t length) = 0;
  Failed failed = Failed::no;
};

using Source = std::shared_ptr<ScanSource>;

/** A packed range of another source. */
struct PackedRange {
  Source from;
  uint64_t offset;
  uint64_t length;
  /** A number of wasm/scan/decoding.ts. */
  uint32_t method;
};

/** Borrows the file. */
Source fileSource(const LocalFile &file);
Source bytesSource(std::string bytes);

bool canUnpack(uint32_t method);
/** Unpacked as far as it is read; going back begins anew. `tick` is called now and then, and may throw. */
Source unpackedSource(PackedRange packed, const std::function<void()> &tick);

/** Bytes in memory, and why there are no more. */
struct Kept {
  std::string bytes;
  Failed failed;
};

/** All of a packed range, if it is no more than `limit` bytes. */
Kept unpackWhole(PackedRange packed, size_t limit, const std::function<void()> &tick);

} // namespace ai_models

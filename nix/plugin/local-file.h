// A file of this machine, read by offset. Nothing here judges what it holds.
#pragma once

#include "failure.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ai_models {

/** A file that is missing, forbidden, no regular file, or that changed while it was read. */
class UnreadableFile : public Failure {
public:
  UnreadableFile(const std::string &path, const std::string &why);
  /** The reason alone. */
  const std::string why;
};

class LocalFile {
public:
  /** Throws UnreadableFile. A pipe does not block. */
  explicit LocalFile(const std::string &path);
  ~LocalFile();
  LocalFile(const LocalFile &) = delete;
  LocalFile &operator=(const LocalFile &) = delete;

  const std::string path;
  /** When it was opened. */
  uint64_t size = 0;

  /** Fills `target` from `offset` on; fewer bytes only at the end, as it was when the file was opened. */
  size_t read(uint64_t offset, void *target, size_t length) const;

private:
  int descriptor;
};

} // namespace ai_models

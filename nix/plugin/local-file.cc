// Reads with pread, so that a file has no position to keep, and through interruptions by signals.

#include "local-file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ai_models {

UnreadableFile::UnreadableFile(const std::string &path, const std::string &why)
    : Failure("IO", "The file cannot be read: " + why, {path, {}, {}, {}}), why(why) {}

LocalFile::LocalFile(const std::string &path) : path(path) {
  descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) throw UnreadableFile(path, std::strerror(errno));
  struct stat status;
  const bool known = fstat(descriptor, &status) == 0;
  if (known && S_ISREG(status.st_mode)) {
    size = static_cast<uint64_t>(status.st_size);
    return;
  }
  const std::string why = known ? "not a regular file" : std::strerror(errno);
  close(descriptor);
  throw UnreadableFile(path, why);
}

LocalFile::~LocalFile() { close(descriptor); }

size_t LocalFile::read(uint64_t offset, void *target, size_t length) const {
  if (offset >= size) return 0;
  const size_t wanted = std::min<uint64_t>(length, size - offset);
  size_t have = 0;
  while (have < wanted) {
    const ssize_t count =
        pread(descriptor, static_cast<char *>(target) + have, wanted - have, static_cast<off_t>(offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw UnreadableFile(path, std::strerror(errno));
    if (count == 0) throw UnreadableFile(path, "it became shorter while it was read");
    have += static_cast<size_t>(count);
  }
  return have;
}

} // namespace ai_models

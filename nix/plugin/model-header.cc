// Reads as much of a file as the core asks for and hands it over; the core judges it. A file of any size
// costs the bytes of its header.

#include "model-header.h"

#include "failure-json.h"
#include "wasm-core.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** One read for nearly every safetensors header. */
constexpr uint64_t FIRST_READ_BYTES = 64 << 10;
/** Each further read of a GGUF header goes to this many times the bytes at hand. */
constexpr uint64_t GROWTH = 4;
/** Of the length that stands before a safetensors header. */
constexpr size_t LENGTH_BYTES = 8;

class File {
public:
  explicit File(const std::string &path) : path(path) {
    // A pipe must not block the evaluator.
    descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) fail(std::strerror(errno));
    struct stat status;
    const bool known = fstat(descriptor, &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
      size = static_cast<uint64_t>(status.st_size);
      return;
    }
    close(descriptor);
    fail(known ? "Not a regular file" : std::strerror(errno));
  }
  ~File() { close(descriptor); }
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  uint64_t size = 0;

  /** Makes `start` the first `end` bytes of the file. */
  void readOn(std::string &start, uint64_t end) {
    size_t have = start.size();
    start.resize(std::min(end, size));
    while (have < start.size()) {
      const ssize_t count = pread(descriptor, start.data() + have, start.size() - have, static_cast<off_t>(have));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(std::strerror(errno));
      if (count == 0) fail("it became shorter while it was read");
      have += static_cast<size_t>(count);
    }
  }

private:
  const std::string path;
  int descriptor;

  [[noreturn]] void fail(const std::string &why) {
    throw Failure("IO", "The file cannot be read: " + why, {path, {}, {}, {}});
  }
};

bool endsWith(const std::string &text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/** A length that fits into the file and a JSON object behind it: no other known format begins so. */
bool looksLikeSafetensors(const std::string &start, uint64_t size) {
  if (start.size() <= LENGTH_BYTES) return false;
  uint64_t length;
  std::memcpy(&length, start.data(), sizeof length);
  const size_t first = start.find_first_not_of(" \t\r\n", LENGTH_BYTES);
  return length >= 2 && length <= size - LENGTH_BYTES && first < LENGTH_BYTES + 32 && start[first] == '{';
}

Json readSafetensors(File &file, std::string start, const std::string &path) {
  const uint64_t wanted = safetensorsSize(start, file.size, path);
  file.readOn(start, wanted);
  Json found = Json::parse(inspectSafetensors(start, file.size, path));
  found["bytes"] = found["dataSize"];
  found["headerBytes"] = wanted;
  found["trailing"] = 0;
  for (Json &tensor : found["tensors"]) {
    const auto from = tensor["offsets"][0].get<uint64_t>();
    tensor["offset"] = from;
    tensor["bytes"] = tensor["offsets"][1].get<uint64_t>() - from;
    tensor.erase("offsets");
  }
  return found;
}

Json readGguf(File &file, std::string start, const std::string &path) {
  for (;;) {
    const uint64_t wanted = ggufSize(start, file.size, path);
    if (wanted <= start.size()) break;
    file.readOn(start, std::max<uint64_t>(wanted, start.size() * GROWTH));
  }
  Json found = Json::parse(inspectGguf(start, file.size, path));
  found["headerBytes"] = found["dataStart"];
  return found;
}

} // namespace

Json readModelHeader(const std::string &path) {
  File file(path);
  std::string start;
  file.readOn(start, FIRST_READ_BYTES);
  if (start.compare(0, 4, "GGUF") == 0 || endsWith(path, ".gguf")) return readGguf(file, std::move(start), path);
  if (looksLikeSafetensors(start, file.size) || endsWith(path, ".safetensors"))
    return readSafetensors(file, std::move(start), path);
  throw Failure("FORMAT_INVALID", "builtins.inspectModel does not know the format of this file",
                {path, "a safetensors or GGUF file, or a directory of them", {},
                 {"`nix-ai-model scan` judges pickles and archives."}});
}

} // namespace ai_models

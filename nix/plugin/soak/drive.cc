// Runs damaged files through everything that reads files in the evaluator, in a program of its own that is
// built with AddressSanitizer and UndefinedBehaviorSanitizer:
//
//   drive ROUNDS SEED FILE…   each round damages one of the files and scans and inspects the result
//
// A refusal is an answer; a trap of the core is none, and neither is what a sanitizer stops.

#include "../local-file.h"
#include "../model-header.h"
#include "../pull-machine.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using Random = std::minstd_rand;

size_t below(Random &random, size_t limit) { return limit == 0 ? 0 : random() % limit; }

std::string readWhole(const std::string &path) {
  const ai_models::LocalFile file(path);
  std::string bytes(file.size, '\0');
  file.read(0, bytes.data(), bytes.size());
  return bytes;
}

/** Bytes changed, cut out, repeated, or taken from another file. */
std::string damage(std::string bytes, const std::string &other, Random &random) {
  for (size_t times = 1 + below(random, 4); times > 0; times--) {
    const size_t at = below(random, bytes.size() + 1);
    const size_t from = below(random, other.size());
    const size_t cut = std::min(below(random, 16), bytes.size() - at);
    const std::string pieces[] = {std::string(1, static_cast<char>(random())), "", std::string(8, '\0'),
                                  std::string(4, '\xff'), other.substr(from, below(random, 64))};
    bytes.replace(at, cut, pieces[below(random, std::size(pieces))]);
  }
  return bytes;
}

/** A file without a name in the file system, as a path. */
class MemoryFile {
public:
  MemoryFile() : descriptor(memfd_create("damaged", MFD_CLOEXEC)) {}
  ~MemoryFile() { close(descriptor); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }
  void fill(const std::string &bytes) const {
    if (ftruncate(descriptor, 0) != 0 ||
        pwrite(descriptor, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("cannot write a file in memory");
  }

private:
  const int descriptor;
};

/** Whether the file was answered: described, or refused with a code of its own. */
template <typename Read> bool isAnswered(Read read) {
  try {
    read();
    return true;
  } catch (const ai_models::Failure &failure) {
    if (failure.code != "INTERNAL") return true;
    std::fprintf(stderr, "%s\n", failure.what());
    return false;
  }
}

} // namespace

int main(int count, char **words) {
  if (count < 4) return 2;
  const long rounds = std::atol(words[1]);
  Random random(static_cast<unsigned>(std::atol(words[2])));
  std::vector<std::string> files;
  for (int index = 3; index < count; index++) files.push_back(readWhole(words[index]));
  const MemoryFile memory;
  const auto tick = [] {};
  for (long round = 0; round < rounds; round++) {
    const std::string bytes =
        damage(files[below(random, files.size())], files[below(random, files.size())], random);
    memory.fill(bytes);
    const bool good = isAnswered([&] { ai_models::scanFile(ai_models::LocalFile(memory.path()), tick); }) &&
                      isAnswered([&] { ai_models::readModelTotals(memory.path(), tick); }) &&
                      isAnswered([&] { ai_models::readModelHeader(memory.path(), tick); });
    if (good) continue;
    std::ofstream("damaged.bin", std::ios::binary) << bytes;
    std::fprintf(stderr, "round %ld: the file is in damaged.bin\n", round);
    return 1;
  }
  std::printf("%ld damaged files were answered\n", rounds);
}

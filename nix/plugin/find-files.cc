// Walks directories with stat, which follows links. A name is read by the evaluator first where it may
// not read everything: a link can lead out of what it may.

#include "find-files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace ai_models {

namespace {

namespace fs = std::filesystem;

/** Directories within directories. The system's own limit of a path ends before. */
constexpr unsigned MAX_DEPTH = 1000;

/** Of a byte of UTF-8 where JavaScript's order of UTF-16 differs: what needs two units comes before U+E000. */
unsigned rankOf(unsigned char byte) { return byte >= 0xf0 ? 0xedu * 16 + (byte & 15) + 1 : byte * 16u; }

bool comesBefore(const std::string &a, const std::string &b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](unsigned char x, unsigned char y) { return rankOf(x) < rankOf(y); });
}

class Finder {
public:
  Finder(Evaluation &evaluation, const Resolve &resolve) : evaluation(evaluation), resolve(resolve) {}

  FoundFiles found;

  void visit(const std::string &path, const std::string &file, unsigned depth) {
    evaluation.checkInterrupt();
    struct stat status;
    if (stat(file.c_str(), &status) != 0) return leave(path, std::strerror(errno));
    if (S_ISREG(status.st_mode)) return found.files.push_back({path, file});
    if (!S_ISDIR(status.st_mode)) return leave(path, "not a regular file");
    if (depth == MAX_DEPTH) return leave(path, "too many directories within each other");
    if (!entered.insert({status.st_dev, status.st_ino}).second) return;
    std::error_code error;
    for (const std::string &name : namesIn(file, error))
      visit(below(path, name), resolve(below(file, name)), depth + 1);
    if (error) leave(path, error.message());
  }

private:
  Evaluation &evaluation;
  const Resolve &resolve;
  std::set<std::pair<dev_t, ino_t>> entered;

  void leave(const std::string &path, const std::string &why) { found.unread.push_back({path, why}); }

  static std::string below(const std::string &directory, const std::string &name) {
    return directory + (!directory.empty() && directory.back() == '/' ? "" : "/") + name;
  }

  static std::vector<std::string> namesIn(const std::string &directory, std::error_code &error) {
    std::vector<std::string> names;
    for (auto entry = fs::directory_iterator(directory, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
      names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end(), comesBefore);
    return names;
  }
};

} // namespace

FoundFiles findFiles(Evaluation &evaluation, const std::string &path, const std::string &file,
                     const Resolve &resolve) {
  Finder finder(evaluation, resolve);
  finder.visit(path, file, 0);
  return std::move(finder.found);
}

} // namespace ai_models

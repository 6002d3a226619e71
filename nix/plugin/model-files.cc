// Lists a model's files: from the plan where the pin names them, else from the store. A tree in the
// store was checked against its hash when it was added, so reading it is as pure as the pin.

#include "model-files.h"

#include "failure-json.h"
#include "plan.h"

#include <algorithm>
#include <filesystem>

namespace ai_models {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct TreeFile {
  std::string path;
  int64_t size;
};

/** Regular files below a folder, links followed to files only, sorted by path. */
std::vector<TreeFile> listTree(const std::string &directory) {
  std::vector<TreeFile> files;
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(directory)) {
    std::error_code missing; // a link to nowhere is no file
    if (entry.is_regular_file(missing))
      files.push_back({entry.path().lexically_relative(directory).generic_string(),
                       static_cast<int64_t>(entry.file_size())});
  }
  std::sort(files.begin(), files.end(),
            [](const TreeFile &a, const TreeFile &b) { return a.path < b.path; });
  return files;
}

std::vector<TreeFile> listStorePath(Evaluation &evaluation, const std::string &storePath) {
  const std::string real = evaluation.realPath(storePath);
  try {
    return listTree(real);
  } catch (const fs::filesystem_error &error) {
    throw Failure("IO", std::string("Cannot list the model's files: ") + error.code().message(),
                  {storePath, {}, {}, {}});
  }
}

/** A size in bytes as the plan gives it; negative where the pin does not know it. */
int64_t sizeAt(const Json &object, const char *name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

Plain fileOfPlan(const Json &file) {
  PlainAttributes attributes;
  attributes.emplace_back("path", Plain{textAt(file, "path")});
  if (const auto size = sizeAt(file, "size"); size >= 0)
    attributes.emplace_back("size", Plain{size});
  for (const char *algorithm : {"sha256", "sha512"})
    if (std::string digest = textAt(file, algorithm); !digest.empty())
      attributes.emplace_back(algorithm, Plain{std::move(digest)});
  if (const std::string path = textAt(file, "storePath"); !path.empty())
    attributes.emplace_back("storePath", Plain{StorePathText{path}});
  return Plain{std::move(attributes)};
}

} // namespace

Plain filesOfSpec(Evaluation &evaluation, const std::string &specJson) {
  PlainList files;
  const Json plan = planOf(evaluation, specJson);
  for (const Json &file : plan.at("files")) files.push_back(fileOfPlan(file));
  return Plain{std::move(files)};
}

Plain sizeOfSpec(Evaluation &evaluation, const std::string &specJson) {
  const Json plan = planOf(evaluation, specJson);
  if (const auto total = sizeAt(plan, "totalSize"); total >= 0) return Plain{total};
  // `fileHashes` pins no sizes: the files are in the store by now.
  int64_t total = 0;
  for (const Json &file : plan.at("files")) {
    const auto path = file.at("storePath").get<std::string>();
    std::error_code error;
    const auto size = fs::file_size(evaluation.realPath(path), error);
    if (error) throw Failure("IO", "Cannot read a file's size: " + error.message(), {path, {}, {}, {}});
    total += static_cast<int64_t>(size);
  }
  return Plain{total};
}

Plain filesOfTree(Evaluation &evaluation, const std::string &storePath) {
  PlainList files;
  for (TreeFile &file : listStorePath(evaluation, storePath)) {
    PlainAttributes attributes = {{"path", Plain{std::move(file.path)}}, {"size", Plain{file.size}}};
    files.push_back(Plain{std::move(attributes)});
  }
  return Plain{std::move(files)};
}

Plain sizeOfTree(Evaluation &evaluation, const std::string &storePath) {
  int64_t total = 0;
  for (const TreeFile &file : listStorePath(evaluation, storePath)) total += file.size;
  return Plain{total};
}

} // namespace ai_models

// builtins.inspectModel: what a model file, or a directory of them, holds. Names and numbers are those of
// `nix-ai-model inspect --json`. Lists that can be long are made when somebody looks at them.

#include "inspect-model.h"

#include "failure-json.h"
#include "json-plain.h"
#include "model-header.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace ai_models {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/** An index names each tensor once: 64 MiB are half a million of them. */
constexpr uintmax_t MAX_INDEX_BYTES = 64 << 20;
constexpr std::string_view INDEX_SUFFIX = ".safetensors.index.json";

/** Sums over tensors; also of one element type. */
struct Totals {
  uint64_t tensors = 0;
  uint64_t parameters = 0;
  uint64_t bytes = 0;

  void operator+=(const Totals &other) {
    tensors += other.tensors;
    parameters += other.parameters;
    bytes += other.bytes;
  }
};

struct Summary {
  Totals all;
  std::map<std::string, Totals> dtypes;

  void add(const Json &header) {
    // Not their sum: tensors may share their bytes.
    all += {0, header.at("parameters"), header.at("bytes")};
    for (const Json &row : header.at("dtypes")) {
      dtypes[row.at("dtype").get<std::string>()] += {row.at("tensors"), row.at("parameters"), row.at("bytes")};
      all.tensors += row.at("tensors").get<uint64_t>();
    }
  }

  /** `tensors`, `parameters`, `bytes`, `dtypes`. */
  void describe(PlainAttributes &to) const {
    putTotals(all, to);
    std::vector<std::pair<std::string, Totals>> rows(dtypes.begin(), dtypes.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto &a, const auto &b) { return a.second.bytes > b.second.bytes; });
    PlainList list;
    for (const auto &[dtype, totals] : rows) {
      PlainAttributes row = {{"dtype", Plain{dtype}}};
      putTotals(totals, row);
      list.push_back(Plain{std::move(row)});
    }
    to.emplace_back("dtypes", Plain{std::move(list)});
  }

private:
  static void putTotals(const Totals &totals, PlainAttributes &to) {
    to.emplace_back("tensors", plainOf(totals.tensors));
    to.emplace_back("parameters", plainOf(totals.parameters));
    to.emplace_back("bytes", plainOf(totals.bytes));
  }
};

std::function<void()> tickOf(Evaluation &evaluation) {
  return [&] { evaluation.checkInterrupt(); };
}

Plain metadataOf(Evaluation &evaluation, const std::string &file) {
  return plainOf(readModelTotals(file, tickOf(evaluation)).at("metadata"));
}

Plain tensorListOf(Evaluation &evaluation, const std::string &file) {
  return plainOf(readModelHeader(file, tickOf(evaluation)).at("tensors"));
}

PlainAttributes describeFile(const std::string &file, const Json &header) {
  PlainAttributes result;
  for (const char *name : {"format", "version", "headerBytes", "trailing"})
    if (header.contains(name)) result.emplace_back(name, plainOf(header.at(name)));
  Summary summary;
  summary.add(header);
  summary.describe(result);
  result.emplace_back("metadata", Plain{Deferred{metadataOf, file}});
  result.emplace_back("tensorList", Plain{Deferred{tensorListOf, file}});
  return result;
}

/** Relative paths of the files in a directory, links followed to files only, sorted. */
std::vector<std::string> filesBelow(const std::string &directory) {
  std::vector<std::string> files;
  try {
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(directory)) {
      std::error_code missing; // a link to nowhere is no file
      if (entry.is_regular_file(missing))
        files.push_back(entry.path().lexically_relative(directory).generic_string());
    }
  } catch (const fs::filesystem_error &error) {
    throw Failure("IO", "The directory cannot be read: " + error.code().message(), {directory, {}, {}, {}});
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool hasSuffix(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

/** The shards that an index (which lies in `file`) names, as paths in the model. */
std::set<std::string> shardsOf(const std::string &index, const std::string &file) {
  if (fs::file_size(file) > MAX_INDEX_BYTES)
    throw Failure("FORMAT_LIMIT", "The file is too large for what it is", {index, {}, {}, {}});
  std::ifstream stream(file, std::ios::binary);
  const Json value = Json::parse(stream, nullptr, false);
  const std::string bad = "The index of the model's shards cannot be used: ";
  if (!value.is_object() || !value.contains("weight_map") || !value["weight_map"].is_object())
    throw Failure("FORMAT_INVALID", bad + "it has no `weight_map`", {index, {}, {}, {}});
  const std::string folder = index.substr(0, index.rfind('/') + 1);
  std::set<std::string> shards;
  for (const Json &shard : value["weight_map"]) {
    if (!shard.is_string())
      throw Failure("FORMAT_INVALID", bad + "a tensor has no file name", {index, {}, {}, {}});
    shards.insert(folder + shard.get<std::string>());
  }
  return shards;
}

/** By name: formats that are read, and names that say nothing. */
bool mayHoldTensors(std::string name) {
  name.erase(0, name.rfind('/') + 1);
  for (char &letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  static constexpr const char *SUFFIXES[] = {".safetensors", ".gguf", ".npy", ".npz", ".onnx",
                                             ".bin",         ".pt",   ".pth", ".ckpt"};
  return name.find('.') == std::string::npos ||
         std::any_of(std::begin(SUFFIXES), std::end(SUFFIXES), [&](const char *end) { return hasSuffix(name, end); });
}

/** Null for a format that is not read: in a directory it is one file among others. */
Json headerIn(Evaluation &evaluation, const std::string &file) {
  try {
    return readModelTotals(file, tickOf(evaluation));
  } catch (const Failure &failure) {
    if (failure.code == "NO_FILES_MATCH") return nullptr;
    throw;
  }
}

Plain inspectDirectory(Evaluation &evaluation, const std::string &directory) {
  const std::vector<std::string> paths = filesBelow(directory);
  Summary summary;
  PlainList files;
  std::set<std::string> missing;
  for (const std::string &path : paths) {
    evaluation.checkInterrupt();
    const bool isIndex = hasSuffix(path, INDEX_SUFFIX);
    if (!isIndex && !mayHoldTensors(path)) continue;
    const std::string file = evaluation.readableFile(directory + "/" + path);
    if (isIndex) {
      missing.merge(shardsOf(path, file));
      continue;
    }
    const Json header = headerIn(evaluation, file);
    if (header.is_null()) continue;
    summary.add(header);
    PlainAttributes row = describeFile(file, header);
    row.emplace_back("path", Plain{path});
    files.push_back(Plain{std::move(row)});
  }
  for (const std::string &path : paths) missing.erase(path);
  if (files.empty())
    throw Failure("FORMAT_INVALID", "The directory holds no model file of a format that is read", {directory, {}, {}, {}});
  PlainList missingShards;
  for (const std::string &path : missing) missingShards.push_back(Plain{path});
  PlainAttributes result;
  result.emplace_back("files", Plain{std::move(files)});
  result.emplace_back("missingShards", Plain{std::move(missingShards)});
  summary.describe(result);
  return Plain{std::move(result)};
}

Plain inspectModel(Evaluation &evaluation, Value &argument) {
  const Kind kind = evaluation.force(argument);
  if (kind != Kind::path && kind != Kind::string)
    throw Failure("SPEC_INVALID", "builtins.inspectModel takes the path of a file or a directory",
                  {{}, {}, {}, {"Give a path, or a model that builtins.fetchModel returned."}});
  const std::string path = evaluation.localFile(argument);
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) return inspectDirectory(evaluation, path);
  return Plain{describeFile(path, readModelTotals(path, tickOf(evaluation)))};
}

constexpr const char *DOCUMENTATION = R"(
  Describe what a model file holds without loading it: `format`, `version`, `tensors` (how many),
  `parameters`, `bytes`, `dtypes`, `metadata`, `headerBytes`, `trailing` and `tensorList`. Only what
  describes the tensors is read, whatever the size of the file. docs/inspect.md lists the formats.

  The argument is a path or a string that names one. For a directory the result holds the totals of all
  model files below it, `files` with the description of each, and `missingShards`: files that an index
  (`*.safetensors.index.json`) names and that are not there.

  ```nix
  (builtins.inspectModel "${model}/model.safetensors").parameters
  ```
)";

} // namespace

const Builtin inspectModelBuiltin = {"inspectModel", "path", DOCUMENTATION, inspectModel};

} // namespace ai_models

// builtins.scanModel: are the files below a path safe to load? The report of `nix-ai-model scan --json`, made
// in the evaluator.

#include "scan-model.h"

#include "failure.h"
#include "json-plain.h"
#include "local-file.h"
#include "scan-files.h"
#include "store-text.h"

#include <filesystem>

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** The rows of `files` or `unread`; a path in the store carries its context. */
Plain rowsOf(const Json &rows, const StoreText &storeText) {
  PlainList list;
  for (const Json &row : rows) {
    Plain plain = plainOf(row);
    for (auto &[name, value] : std::get<PlainAttributes>(plain.data))
      if (name == "path") value = storeText(row.at("path"));
    list.push_back(std::move(plain));
  }
  return Plain{std::move(list)};
}

Plain scanModel(Evaluation &evaluation, Value &argument) {
  const Kind kind = evaluation.force(argument);
  if (kind != Kind::path && kind != Kind::string)
    throw Failure("SPEC_INVALID", "builtins.scanModel takes the path of a file or a directory",
                  {{}, {}, {}, {"Give a path, or a model that builtins.fetchModel returned."}});
  const std::string file = evaluation.localFile(argument);
  const std::string name = evaluation.string(argument);
  const FoundFiles found =
      findFiles(evaluation, name, file, [&](const std::string &path) { return evaluation.readableFile(path); });
  if (found.files.empty() && found.unread.size() == 1) throw UnreadableFile(file, found.unread.front().error);
  std::error_code unknown;
  const bool isTree = std::filesystem::is_directory(file, unknown);
  const Tree tree{name, name, file};
  const Json report = scanFiles(evaluation, found, Json::object(), isTree ? &tree : nullptr);
  const StoreText storeText(evaluation);
  PlainAttributes result;
  for (const auto &[name, value] : report.items())
    result.emplace_back(name, value.is_array() ? rowsOf(value, storeText) : plainOf(value));
  return Plain{std::move(result)};
}

constexpr const char *DOCUMENTATION = R"(
  Judge whether model files are safe to load, without loading them. The result is the report of
  `nix-ai-model scan --json`: `verdict` (`"clean"`, `"suspicious"`, `"malicious"` or `"unscannable"`),
  `accepted` (whether all of it was read and is clean), `files` with the verdict and the findings of
  each, and `unread`.

  The argument is the path of a file or a directory, or a string that names one. Everything happens in
  the evaluator: no process is started and nothing goes over the network.

  ```nix
  assert (builtins.scanModel model).accepted; model
  ```
)";

} // namespace

const Builtin scanModelBuiltin = {"scanModel", "path", DOCUMENTATION, scanModel};

} // namespace ai_models

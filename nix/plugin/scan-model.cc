// builtins.scanModel: are the files below a path safe to load? The report of `nix-ai-model scan --json`, made
// in the evaluator.

#include "scan-model.h"

#include "failure-json.h"
#include "find-files.h"
#include "json-plain.h"
#include "pull-machine.h"
#include "store-text.h"
#include "version.h"

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** From good to bad. */
constexpr std::string_view VERDICTS[] = {"clean", "unscannable", "suspicious", "malicious"};

/** The worst verdict of some files. */
class Worst {
public:
  void add(const std::string &verdict) {
    for (size_t rank = 0; rank < std::size(VERDICTS); rank++)
      if (VERDICTS[rank] == verdict) worst = std::max(worst, rank);
  }
  std::string text() const { return std::string(VERDICTS[worst]); }
  bool isClean() const { return worst == 0; }

private:
  size_t worst = 0;
};

Plain unreadRow(const StoreText &storeText, const UnreadFile &unread) {
  PlainAttributes row = {{"path", storeText(unread.path)}, {"error", Plain{unread.error}}};
  return Plain{std::move(row)};
}

Plain scanFound(Evaluation &evaluation, const FoundFiles &found) {
  const auto tick = [&] { evaluation.checkInterrupt(); };
  const StoreText storeText(evaluation);
  Worst worst;
  PlainList files, unread;
  for (const UnreadFile &file : found.unread) unread.push_back(unreadRow(storeText, file));
  for (const FoundFile &file : found.files) {
    try {
      const Json report = Json::parse(scanFile(LocalFile(file.file), tick));
      worst.add(textAt(report, "verdict"));
      Plain row = plainOf(report);
      std::get<PlainAttributes>(row.data).emplace_back("path", storeText(file.path));
      files.push_back(std::move(row));
    } catch (const UnreadableFile &failure) {
      unread.push_back(unreadRow(storeText, {file.path, failure.why}));
    }
  }
  PlainAttributes result;
  result.emplace_back("version", Plain{int64_t(1)});
  result.emplace_back("scanner", Plain{std::string(SCANNER)});
  result.emplace_back("verdict", Plain{worst.text()});
  result.emplace_back("accepted", Plain{worst.isClean() && unread.empty()});
  result.emplace_back("files", Plain{std::move(files)});
  result.emplace_back("unread", Plain{std::move(unread)});
  return Plain{std::move(result)};
}

Plain scanModel(Evaluation &evaluation, Value &argument) {
  const Kind kind = evaluation.force(argument);
  if (kind != Kind::path && kind != Kind::string)
    throw Failure("SPEC_INVALID", "builtins.scanModel takes the path of a file or a directory",
                  {{}, {}, {}, {"Give a path, or a model that builtins.fetchModel returned."}});
  const std::string file = evaluation.localFile(argument);
  const FoundFiles found = findFiles(evaluation, evaluation.string(argument), file);
  if (found.files.empty() && found.unread.size() == 1) throw UnreadableFile(file, found.unread.front().error);
  return scanFound(evaluation, found);
}

constexpr const char *DOCUMENTATION = R"(
  Judge whether model files are safe to load, without loading them. The result is the report of
  `nix-ai-model scan --json`: `verdict` (`"clean"`, `"suspicious"`, `"malicious"` or `"unscannable"`),
  `accepted` (whether all of it was read and is clean), `files` with the verdict and the findings of
  each, and `unread`.

  The argument is the path of a file or a directory, or a string that names one. Everything happens in
  the evaluator: no process is started and nothing goes over the network. What needs another
  decompressor than zlib is `"unscannable"` here.

  ```nix
  assert (builtins.scanModel model).accepted; model
  ```
)";

} // namespace

const Builtin scanModelBuiltin = {"scanModel", "path", DOCUMENTATION, scanModel};

} // namespace ai_models

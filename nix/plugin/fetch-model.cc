// builtins.fetchModel: what the pin stands for, whether it is in the store, and where it is not, the
// helper that brings it there. Knows no type of Nix (nix-api.h) and computes no path (the core does).

#include "fetch-model.h"

#include "check-model.h"
#include "failure-json.h"
#include "helper.h"
#include "model-files.h"
#include "plan.h"
#include "source-address.h"
#include "spec-json.h"

namespace ai_models {

namespace {

using Json = nlohmann::json;

const Json &sourceOf(const Json &plan) { return objectAt(objectAt(plan, "spec"), "source"); }

[[noreturn]] void refuseMissingPin(const Json &plan, const std::string &name) {
  const std::string source = shortForm(sourceOf(plan));
  const std::string lock = "nix-ai-model lock " + name + "=" + source;
  throw Failure("SPEC_MISSING_PIN",
                "builtins.fetchModel needs `hash`, `lock` or `fileHashes`, to give the same model each time",
                {name, {}, {},
                 {"`nix-ai-model prefetch " + source + "` prints the hash.",
                  "`" + lock + "` pins each file, without downloading weights."}});
}

[[noreturn]] void refusePrograms(const std::string &name) {
  throw Failure("SPEC_INVALID", "The spec names scanners that only a build may run",
                {name, {}, {},
                 {"Add `lazy = true`, or use `lib.fetchModel`: its check runs them in the sandbox.",
                  "Or leave out `security.customScanners` and `security.enableModelScan`."}});
}

/** Brings the model into the store and makes sure that it is the one that was planned. */
void obtain(Evaluation &evaluation, const std::string &specJson, const Pin &pin) {
  const std::string &wanted = pin.storePath;
  // Only here: for a path that is valid already it would cost as much as the question whether it is,
  // and Nix's own fetchers do without.
  evaluation.keepPath(wanted);
  if (evaluation.substitute(wanted)) return;
  const std::string found = fetchWithHelper(evaluation, pin.name, specJson);
  if (found != wanted)
    throw Failure("INTERNAL", "The helper program and the plugin plan different store paths",
                  {{}, wanted, found, {"Build both from the same checkout (`npm run setup`)."}});
  evaluation.refreshStore();
  if (!evaluation.isValidPath(wanted))
    throw Failure("HELPER_FAILED",
                  "The helper program reports a path that is not in this evaluation's store",
                  {wanted, {}, {}, {}});
}

/** Pure evaluation may read the model from now on, also through a link into a file's own path. */
void allowReading(Evaluation &evaluation, const std::string &specJson, const Pin &pin) {
  if (!evaluation.restrictsPaths()) return;
  evaluation.allowPath(pin.storePath);
  if (pin.form != "files") return;
  const Json plan = planOf(evaluation, specJson);
  for (const Json &file : plan.at("files"))
    if (const std::string path = textAt(file, "storePath"); !path.empty()) evaluation.allowPath(path);
}

Plain describe(Pin pin, SpecText spec) {
  PlainAttributes result = std::move(spec.description);
  result.reserve(result.size() + 6);
  const bool listed = pin.form == "files";
  const std::string &basis = listed ? spec.json : pin.storePath;
  result.emplace_back("files", Plain{Deferred{listed ? filesOfSpec : filesOfTree, basis}});
  result.emplace_back("totalSize", Plain{Deferred{listed ? sizeOfSpec : sizeOfTree, basis}});
  result.emplace_back("name", Plain{std::move(pin.name)});
  result.emplace_back("outPath", Plain{StorePathText{std::move(pin.storePath)}});
  if (!pin.revision.empty()) result.emplace_back("revision", Plain{std::move(pin.revision)});
  if (!pin.hash.empty()) result.emplace_back("hash", Plain{std::move(pin.hash)});
  return Plain{std::move(result)};
}

/** Text as a string of the Nix language. */
std::string nixString(const std::string &text) {
  std::string result = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\' || character == '$') result += '\\';
    result += character;
  }
  return result + '"';
}

/** The derivation of nix/lib's fetchModel, which fetches when it is built. */
Plain derivationOf(Evaluation &evaluation, Value &argument) {
  // What nix/lib reads: itself, the error table, and the builder that it copies into the store.
  for (const char *part : {"/nix", "/src/base", "/src/spec", "/build/tool", "/build/tool.json"})
    evaluation.allowPath(installation() + part);
  const std::string library = nixString(installation() + "/nix");
  return Plain{Application{"(import (/. + " + library + ") { }).lib.fetchModel", &argument}};
}

Plain fetchModel(Evaluation &evaluation, Value &argument) {
  SpecText spec = specToJson(evaluation, argument);
  Pin pin = pinOf(evaluation, spec.json);
  if (pin.lazy) return derivationOf(evaluation, argument);
  if (pin.storePath.empty()) refuseMissingPin(planOf(evaluation, spec.json), pin.name);
  if (pin.namesPrograms) refusePrograms(pin.name);
  if (evaluation.restrictsUris())
    for (const std::string &address : addressesOf(sourceOf(planOf(evaluation, spec.json))))
      evaluation.checkUri(address);
  if (!evaluation.isValidPath(pin.storePath)) obtain(evaluation, spec.json, pin);
  requireAccepted(evaluation, spec.json, pin);
  allowReading(evaluation, spec.json, pin);
  return describe(std::move(pin), std::move(spec));
}

constexpr const char *DOCUMENTATION = R"(
  Fetch an AI/ML model into the Nix store and return its description: `name`, `outPath`, `files`,
  `totalSize`, `revision` and `hash` as far as the pin knows them.

  The argument names a source and a pin: `hash` (of the whole tree), `lock` (a lock file, as a path or
  parsed) or `fileHashes`. A model that is in the store already costs no process and no network;
  another one is fetched with the credentials of the user. With `lazy = true` the result is a
  derivation that fetches when it is built.

  ```nix
  builtins.fetchModel {
    source.huggingface = { repo = "org/name"; revision = "v1.0"; };
    hash = "sha256-…";
  }
  ```
)";

} // namespace

const Builtin fetchModelBuiltin = {"fetchModel", "spec", DOCUMENTATION, fetchModel};

} // namespace ai_models

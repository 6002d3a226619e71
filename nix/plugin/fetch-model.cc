// builtins.fetchModel: what the pin stands for, whether it is in the store, and where it is not, the
// helper that brings it there. Knows no type of Nix (nix-api.h) and computes no path (the core does).

#include "fetch-model.h"

#include "failure-json.h"
#include "helper.h"
#include "model-files.h"
#include "spec-json.h"
#include "wasm-core.h"

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** The addresses that fetching would ask, for `allowed-uris`. */
std::vector<std::string> addressesOf(const Json &source) {
  std::vector<std::string> addresses;
  if (const Json &hub = objectAt(source, "huggingface"); !hub.empty()) {
    const std::string endpoint = textAt(hub, "endpoint");
    addresses.push_back((endpoint.empty() ? "https://huggingface.co" : endpoint) + "/" + textAt(hub, "repo"));
  }
  if (const Json &url = objectAt(source, "url"); !url.empty())
    for (const Json &file : url.value("urls", Json::array()))
      for (const Json &address : file.value("urls", Json::array()))
        if (address.is_string()) addresses.push_back(address.get<std::string>());
  return addresses;
}

/** The source in the command line's short form, to be pasted behind `nix-ai-model prefetch`. */
std::string shortForm(const Json &source) {
  if (const Json &hub = objectAt(source, "huggingface"); !hub.empty()) {
    const std::string type = textAt(hub, "repoType");
    const std::string prefix = type.empty() || type == "model" ? "" : type + "s/";
    return "huggingface:" + prefix + textAt(hub, "repo") + "@" + textAt(hub, "revision");
  }
  const std::vector<std::string> addresses = addressesOf(source);
  return addresses.empty() ? "SOURCE" : addresses.front();
}

[[noreturn]] void refuseMissingPin(const Json &spec) {
  const std::string source = shortForm(objectAt(spec, "source"));
  throw Failure("SPEC_MISSING_PIN",
                "builtins.fetchModel needs `hash`, `lock` or `fileHashes`, to give the same model every time",
                {textAt(spec, "name"), {}, {},
                 {"`nix-ai-model prefetch " + source + "` prints the hash.",
                  "`nix-ai-model lock " + textAt(spec, "name") + "=" + source + "` pins each file, without downloading weights."}});
}

/** Brings the model into the store and makes sure that it is the one that was planned. */
void obtain(Evaluation &evaluation, const std::string &specJson, const std::string &wanted) {
  const std::string found = fetchWithHelper(evaluation, specJson);
  if (found != wanted)
    throw Failure("INTERNAL", "The helper program and the plugin plan different store paths",
                  {{}, wanted, found, {"Build both from the same checkout (`npm run setup`)."}});
  evaluation.refreshStore();
  if (!evaluation.isValidPath(wanted))
    throw Failure("HELPER_FAILED", "The helper program reports a path that is not in this evaluation's store",
                  {wanted, {}, {}, {}});
}

void allowReading(Evaluation &evaluation, const Json &plan, const std::string &storePath) {
  evaluation.allowPath(storePath);
  // A tree of links: reading through one ends in the file's own path.
  if (const auto files = plan.find("files"); files != plan.end() && files->is_array())
    for (const Json &file : *files)
      if (const std::string path = textAt(file, "storePath"); !path.empty()) evaluation.allowPath(path);
}

Plain describe(const Json &plan, std::string planJson, const std::string &storePath,
               PlainAttributes description) {
  const Json &spec = objectAt(plan, "spec");
  PlainAttributes result = std::move(description);
  result.emplace_back("name", Plain{textAt(spec, "name")});
  result.emplace_back("outPath", Plain{StorePathText{storePath}});

  std::string revision = textAt(plan, "revision");
  if (revision.empty())
    revision = textAt(objectAt(objectAt(spec, "source"), "huggingface"), "revision");
  if (!revision.empty()) result.emplace_back("revision", Plain{std::move(revision)});
  if (std::string hash = textAt(plan, "hash"); !hash.empty())
    result.emplace_back("hash", Plain{std::move(hash)});

  const bool listed = textAt(plan, "pin") == "files";
  const std::string &basis = listed ? planJson : storePath;
  result.emplace_back("files", Plain{Deferred{listed ? filesOfPlan : filesOfTree, basis}});
  result.emplace_back("totalSize", Plain{Deferred{listed ? sizeOfPlan : sizeOfTree, basis}});
  return Plain{std::move(result)};
}

Json parsePlan(const std::string &json) {
  Json plan = Json::parse(json, nullptr, false);
  if (!plan.is_object()) throw Failure("INTERNAL", "The WASM core's plan cannot be read");
  return plan;
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
  for (const char *part : {"/nix", "/src/base", "/build/tool", "/build/tool.json"}) evaluation.allowPath(installation() + part);
  const std::string library = nixString(installation() + "/nix");
  return Plain{Application{"(import (/. + " + library + ") { }).lib.fetchModel", &argument}};
}

Plain fetchModel(Evaluation &evaluation, Value &argument) {
  SpecText text = specToJson(evaluation, argument);
  std::string planJson = planModel(text.json, evaluation.storeDirectory());
  const Json plan = parsePlan(planJson);
  const Json &spec = objectAt(plan, "spec");
  const std::string storePath = textAt(plan, "storePath");

  if (spec.value("lazy", false)) return derivationOf(evaluation, argument);
  if (storePath.empty()) refuseMissingPin(spec);
  for (const std::string &address : addressesOf(objectAt(spec, "source"))) evaluation.checkUri(address);
  if (!evaluation.isValidPath(storePath)) obtain(evaluation, text.json, storePath);
  allowReading(evaluation, plan, storePath);
  return describe(plan, std::move(planJson), storePath, std::move(text.description));
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

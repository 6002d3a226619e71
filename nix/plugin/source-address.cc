// One row for each kind of source (docs/spec.md). A kind without a row has an address that nobody
// allows: forgetting one must not open restricted evaluation.

#include "source-address.h"

#include "failure-json.h"

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** What a spec without an `endpoint` means, whatever HF_ENDPOINT says to the helper. */
const std::string PUBLIC_HUB = "https://huggingface.co";

/** `base` and what follows it, between slashes where there is anything. */
std::string below(std::string base, const std::vector<std::string> &parts) {
  for (const std::string &part : parts)
    if (!part.empty()) base += (base.back() == '/' ? "" : "/") + part;
  return base;
}

std::string orElse(const std::string &text, const std::string &otherwise) {
  return text.empty() ? otherwise : text;
}

std::string suffix(const char *mark, const std::string &text) { return text.empty() ? "" : mark + text; }

std::vector<std::string> addressesOfFiles(const Json &url) {
  std::vector<std::string> addresses;
  for (const Json &file : url.value("urls", Json::array()))
    for (const Json &address : file.value("urls", Json::array()))
      if (address.is_string()) addresses.push_back(address.get<std::string>());
  return addresses;
}

std::vector<std::string> bucketAddress(const Json &at, const std::string &scheme, const char *bucket) {
  const std::string endpoint = textAt(at, "endpoint");
  const std::string base = endpoint.empty() ? scheme + textAt(at, "account") : endpoint;
  return {below(base, {textAt(at, bucket), textAt(at, "prefix")})};
}

std::vector<std::string> addressesOfKind(const std::string &kind, const Json &at) {
  if (kind == "huggingface") return {below(orElse(textAt(at, "endpoint"), PUBLIC_HUB), {textAt(at, "repo")})};
  if (kind == "url") return addressesOfFiles(at);
  // The server may be the environment's, which is not known here.
  if (kind == "mlflow") return {below(orElse(textAt(at, "trackingUri"), "mlflow:"), {textAt(at, "modelName")})};
  if (kind == "git-lfs") return {textAt(at, "url")};
  if (kind == "s3") return bucketAddress(at, "s3://", "bucket");
  if (kind == "gcs") return bucketAddress(at, "gs://", "bucket");
  if (kind == "azure") return bucketAddress(at, "azure://", "container");
  if (kind == "ollama" || kind == "oci") return {below(textAt(at, "registry"), {textAt(at, "repository")})};
  return {};
}

std::string versionOfMlflow(const Json &at) {
  return suffix("/", textAt(at, "modelVersion")) + suffix("/", textAt(at, "modelStage")) +
         suffix("@", textAt(at, "modelAlias"));
}

} // namespace

std::vector<std::string> addressesOf(const Json &source) {
  std::vector<std::string> addresses;
  std::string kinds;
  for (const auto &[kind, at] : source.items()) {
    kinds += kind;
    for (std::string &address : addressesOfKind(kind, at))
      if (!address.empty()) addresses.push_back(std::move(address));
  }
  if (addresses.empty()) addresses.push_back("unknown source: " + kinds);
  return addresses;
}

std::string shortForm(const Json &source) {
  if (const Json &at = objectAt(source, "huggingface"); !at.empty()) {
    const std::string type = textAt(at, "repoType");
    const std::string prefix = type.empty() || type == "model" ? "" : type + "s/";
    return "huggingface:" + prefix + textAt(at, "repo") + "@" + textAt(at, "revision");
  }
  if (const Json &at = objectAt(source, "mlflow"); !at.empty())
    return "mlflow:" + (at.contains("trackingUri") ? textAt(at, "trackingUri") + "#" : "") +
           textAt(at, "modelName") + versionOfMlflow(at);
  if (const Json &at = objectAt(source, "git-lfs"); !at.empty())
    return "git-lfs:" + textAt(at, "url") + suffix("@", textAt(at, "rev"));
  for (const char *kind : {"ollama", "oci"})
    if (const Json &at = objectAt(source, kind); !at.empty())
      return std::string(kind) + ":" + textAt(at, "registry") + "/" + textAt(at, "repository") +
             suffix(":", textAt(at, "reference"));
  return addressesOf(source).front();
}

} // namespace ai_models

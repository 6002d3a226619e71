// Reads the JSON form of a failure, and single members of other objects, without ever throwing for a
// member that is missing or of another type.

#include "failure-json.h"

namespace ai_models {

using Json = nlohmann::json;

std::string textAt(const Json &object, const char *name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json &objectAt(const Json &object, const char *name) {
  static const Json none = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : none;
}

Failure failureOf(const Json &error, const std::string &code) {
  FailureDetails details{textAt(error, "subject"), textAt(error, "wanted"), textAt(error, "found"), {}};
  if (const auto remedies = error.find("remedies"); remedies != error.end() && remedies->is_array())
    for (const Json &remedy : *remedies)
      if (remedy.is_string()) details.remedies.push_back(remedy.get<std::string>());
  return Failure(code, textAt(error, "message"), details);
}

} // namespace ai_models

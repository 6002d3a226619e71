// Reads a plan in one pass. An evaluation may ask for thousands of models, and a plan may list
// thousands of files that nobody looks at: no tree of values is built for them.

#include "plan.h"

#include "failure.h"

#include <vector>

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** Notes the wanted members as the parser passes them. Returning true means: go on. */
class PlanReader final : public nlohmann::json_sax<Json> {
public:
  explicit PlanReader(Plan &plan) : plan(plan) {}

  std::string askedRevision;

  bool start_object(size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(string_t &name) override {
    if (depth <= 1) section = name;
    member = std::move(name);
    return true;
  }
  bool string(string_t &value) override {
    if (std::string *wanted = target()) *wanted = std::move(value);
    return true;
  }
  bool boolean(bool value) override {
    if (depth == 2 && section == "spec" && member == "lazy") plan.lazy = value;
    return true;
  }
  bool null() override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &) override {
    return false;
  }

private:
  Plan &plan;
  unsigned depth = 0;
  /** The name of the plan's member that the parser is in, and the innermost name that it has read. */
  std::string section, member;

  bool enter() {
    depth++;
    return true;
  }
  bool leave() {
    depth--;
    return true;
  }

  /** Where the string in hand belongs, or null. */
  std::string *target() {
    if (depth == 1) {
      if (member == "storePath") return &plan.storePath;
      if (member == "pin") return &plan.pin;
      if (member == "hash") return &plan.hash;
      if (member == "revision") return &plan.revision;
    } else if (section == "spec") {
      if (depth == 2 && member == "name") return &plan.name;
      if (depth == 4 && member == "revision") return &askedRevision; // spec.source.<kind>.revision
    }
    return nullptr;
  }
};

} // namespace

Json Plan::document() const { return Json::parse(json); }

Plan readPlan(std::string json) {
  Plan plan;
  PlanReader reader(plan);
  if (!Json::sax_parse(json, &reader) || plan.name.empty())
    throw Failure("INTERNAL", "The WASM core's plan cannot be read");
  if (plan.revision.empty()) plan.revision = std::move(reader.askedRevision);
  plan.json = std::move(json);
  return plan;
}

} // namespace ai_models

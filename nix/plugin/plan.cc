// Reads the core's replies (wasm/plan.ts).

#include "plan.h"

#include "failure.h"
#include "wasm-core.h"

#include <cstring>

namespace ai_models {

namespace {

/** Takes the next text (u32 length, bytes) off a reply. */
std::string takeText(std::string_view &reply) {
  uint32_t size;
  if (reply.size() < sizeof size) throw Failure("INTERNAL", "The WASM core's pin cannot be read");
  std::memcpy(&size, reply.data(), sizeof size);
  reply.remove_prefix(sizeof size);
  if (size > reply.size()) throw Failure("INTERNAL", "The WASM core's pin cannot be read");
  std::string text(reply.substr(0, size));
  reply.remove_prefix(size);
  return text;
}

} // namespace

Pin pinOf(Evaluation &evaluation, std::string_view specJson) {
  const std::string reply = pinModel(specJson, evaluation.storeDirectory());
  std::string_view rest = reply;
  Pin pin;
  for (std::string *member : {&pin.name, &pin.form, &pin.storePath, &pin.hash, &pin.revision})
    *member = takeText(rest);
  pin.lazy = !takeText(rest).empty();
  pin.scanKey = takeText(rest);
  pin.namesPrograms = !takeText(rest).empty();
  return pin;
}

nlohmann::json planOf(Evaluation &evaluation, std::string_view specJson) {
  nlohmann::json plan =
      nlohmann::json::parse(planModel(specJson, evaluation.storeDirectory()), nullptr, false);
  if (!plan.is_object()) throw Failure("INTERNAL", "The WASM core's plan cannot be read");
  return plan;
}

} // namespace ai_models

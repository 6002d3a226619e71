// Integers stay integers; what JSON calls a number with a fraction becomes a float.

#include "json-plain.h"

#include "failure.h"

namespace ai_models {

namespace {

using Json = nlohmann::json;

Plain integerOf(uint64_t value) {
  if (value > static_cast<uint64_t>(INT64_MAX))
    throw Failure("FORMAT_LIMIT", "A number is larger than the integers of Nix", {{}, {}, std::to_string(value), {}});
  return Plain{static_cast<int64_t>(value)};
}

} // namespace

Plain plainOf(const Json &value) {
  switch (value.type()) {
  case Json::value_t::boolean: return Plain{value.get<bool>()};
  case Json::value_t::number_integer: return Plain{value.get<int64_t>()};
  case Json::value_t::number_unsigned: return integerOf(value.get<uint64_t>());
  case Json::value_t::number_float: return Plain{value.get<double>()};
  case Json::value_t::string: return Plain{value.get<std::string>()};
  case Json::value_t::array: {
    PlainList list;
    list.reserve(value.size());
    for (const Json &element : value) list.push_back(plainOf(element));
    return Plain{std::move(list)};
  }
  case Json::value_t::object: {
    PlainAttributes attributes;
    attributes.reserve(value.size());
    for (const auto &[name, member] : value.items()) attributes.emplace_back(name, plainOf(member));
    return Plain{std::move(attributes)};
  }
  default: return Plain{nullptr};
  }
}

} // namespace ai_models

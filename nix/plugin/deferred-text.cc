// The function's address in letters, the lowest four bits first, and the argument as it is.

#include "deferred-text.h"

namespace ai_models {

namespace {

constexpr size_t LETTERS = sizeof(Deferred::Function) * 2;

} // namespace

std::string packDeferred(const Deferred &deferred) {
  std::string text(LETTERS, 'a');
  auto address = reinterpret_cast<uintptr_t>(deferred.function);
  for (char &letter : text) {
    letter = static_cast<char>('a' + (address & 15));
    address >>= 4;
  }
  return text + deferred.argument;
}

Deferred unpackDeferred(std::string_view text) {
  uintptr_t address = 0;
  for (size_t index = LETTERS; index > 0; index--)
    address = address << 4 | static_cast<uintptr_t>(text[index - 1] - 'a');
  return {reinterpret_cast<Deferred::Function>(address), std::string(text.substr(LETTERS))};
}

} // namespace ai_models

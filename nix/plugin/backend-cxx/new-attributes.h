// The attributes of a set that is being made: Nix has a class for it from 2.6 on.
#pragma once

#include "nix-headers.h"

#include <string>

namespace ai_models::compat {

#if NIX_RELEASE >= 206
class NewAttributes {
public:
  NewAttributes(nix::EvalState &state, size_t size) : state(state), bindings(state.buildBindings(size)) {}
  void insert(const std::string &name, nix::Value *value) { bindings.insert(state.symbols.create(name), value); }
  nix::Value &alloc(const std::string &name) { return bindings.alloc(name); }
  void finish(nix::Value &value) { value.mkAttrs(bindings); }

private:
  nix::EvalState &state;
  nix::BindingsBuilder bindings;
};
#else
class NewAttributes {
public:
  NewAttributes(nix::EvalState &state, size_t size) : state(state), bindings(state.allocBindings(size)) {}
  void insert(const std::string &name, nix::Value *value) {
    bindings->push_back(nix::Attr(state.symbols.create(name), value));
  }
  nix::Value &alloc(const std::string &name) {
    nix::Value *value = state.allocValue();
    value->mkNull(); // the collector, and sort, look at it before it is written
    insert(name, value);
    return *value;
  }
  void finish(nix::Value &value) {
    bindings->sort();
    value.mkAttrs(bindings);
  }

private:
  nix::EvalState &state;
  nix::Bindings *bindings;
};
#endif

} // namespace ai_models::compat

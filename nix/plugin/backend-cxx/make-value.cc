// Building values, and the primop behind values that are computed on demand.

#include "make-value.h"

#include "../deferred-text.h"
#include "cxx-evaluation.h"
#include "guard.h"
#include "new-attributes.h"

namespace ai_models {

namespace {

void computeDeferred(nix::EvalState &state, compat::Position position, nix::Value **args,
                     nix::Value &result) {
  guarded(state, position, nullptr, [&] {
    const Deferred deferred = unpackDeferred(compat::forceText(state, position, *args[0]));
    CxxEvaluation evaluation(state, position);
    makeValue(state, position, deferred.function(evaluation, deferred.argument), result);
  });
}

nix::PrimOp *deferredPrimOp(nix::EvalState &state) {
  static nix::PrimOp primOp = compat::internalPrimOp(state, "aiModel", computeDeferred);
  return &primOp;
}

class Maker {
public:
  Maker(nix::EvalState &state, compat::Position position, nix::Value &value)
      : state(state), position(position), value(value) {}

  void operator()(std::nullptr_t) { value.mkNull(); }
  void operator()(bool data) { value.mkBool(data); }
  void operator()(int64_t data) { value.mkInt(data); }
  void operator()(double data) { value.mkFloat(data); }
  void operator()(const std::string &data) { compat::makeString(state, value, data); }

  void operator()(const StorePathText &data) {
    const compat::Context context = compat::contextOf(state.store->parseStorePath(data.path), data.path);
    compat::makeString(state, value, data.path + data.below, context);
  }

  void operator()(const Deferred &data) {
    nix::Value *argument = state.allocValue();
    compat::makeString(state, *argument, packDeferred(data));
    nix::Value *function = state.allocValue();
    function->mkPrimOp(deferredPrimOp(state));
    value.mkApp(function, argument);
  }

  void operator()(const Application &data) {
    nix::Value *function = state.allocValue();
    state.eval(compat::parse(state, data.expression), *function);
    state.callFunction(*function, *reinterpret_cast<nix::Value *>(data.argument), value, position);
  }

  void operator()(const Borrowed &data) {
    nix::Value &borrowed = reinterpret_cast<nix::Value &>(*data.value);
    state.forceValue(borrowed, position); // a copied thunk would be computed twice
    value = borrowed;
  }

  void operator()(PlainList &data) {
    compat::makeList(state, value, data.size());
    auto element = data.begin();
    for (nix::Value *item : compat::elementsOf(value)) makeValue(state, position, std::move(*element++), *item);
  }

  void operator()(PlainAttributes &data) {
    compat::NewAttributes attributes(state, data.size());
    for (auto &[name, member] : data) {
      if (const auto *borrowed = std::get_if<Borrowed>(&member.data))
        attributes.insert(name, reinterpret_cast<nix::Value *>(borrowed->value));
      else
        makeValue(state, position, std::move(member), attributes.alloc(name));
    }
    attributes.finish(value);
  }

private:
  nix::EvalState &state;
  compat::Position position;
  nix::Value &value;
};

} // namespace

void makeValue(nix::EvalState &state, compat::Position position, Plain plain, nix::Value &value) {
  std::visit(Maker(state, position, value), plain.data);
}

} // namespace ai_models

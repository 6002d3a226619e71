// Building values, and the primop behind values that are computed on demand.

#include "make-value.h"

#include "../deferred-text.h"
#include "c-evaluation.h"
#include "guard.h"
#include "held.h"

namespace ai_models {

namespace {

/** The C API makes strings without context only. */
constexpr const char *WITH_CONTEXT = "path: builtins.appendContext path { ${path} = { path = true; }; }";

PrimOp *deferredPrimOp = nullptr;

void computeDeferred(void *, nix_c_context *context, EvalState *state, nix_value **args, nix_value *result) {
  guarded(context, [&] {
    nix_value_force(nullptr, state, args[0]);
    const Deferred deferred = unpackDeferred(textOf(args[0]));
    CEvaluation evaluation(state);
    makeValue(state, deferred.function(evaluation, deferred.argument), result);
  });
}

struct FreeList {
  void operator()(ListBuilder *builder) const { nix_list_builder_free(builder); }
};

struct FreeBindings {
  void operator()(BindingsBuilder *builder) const { nix_bindings_builder_free(builder); }
};

class Maker {
public:
  Maker(EvalState *state, nix_value *value) : state(state), value(value) {}

  void operator()(std::nullptr_t) { nix_init_null(nullptr, value); }
  void operator()(bool data) { nix_init_bool(nullptr, value, data); }
  void operator()(int64_t data) { nix_init_int(nullptr, value, data); }
  void operator()(double data) { nix_init_float(nullptr, value, data); }
  /** Up to a zero byte, if there is one: strings of Nix have none. */
  void operator()(const std::string &data) { nix_init_string(nullptr, value, data.c_str()); }

  void operator()(const StorePathText &data) {
    const HeldValue path = newString(state, data.path);
    const HeldValue withContext = apply(state, evaluate(state, WITH_CONTEXT), path.get());
    if (data.below.empty()) {
      nix_copy_value(nullptr, value, withContext.get());
      return;
    }
    const HeldValue join = apply(state, evaluate(state, "path: below: path + below"), withContext.get());
    nix_value_call(nullptr, state, join.get(), newString(state, data.below).get(), value);
  }

  void operator()(const Deferred &data) {
    const HeldValue function = newValue(state);
    nix_init_primop(nullptr, function.get(), deferredPrimOp);
    nix_init_apply(nullptr, value, function.get(), newString(state, packDeferred(data)).get());
  }

  void operator()(const Application &data) {
    const HeldValue function = evaluate(state, data.expression.c_str());
    nix_value_call(nullptr, state, function.get(), reinterpret_cast<nix_value *>(data.argument), value);
  }

  void operator()(const Borrowed &data) {
    nix_value *borrowed = reinterpret_cast<nix_value *>(data.value);
    nix_value_force(nullptr, state, borrowed); // a copied thunk would be computed twice
    nix_copy_value(nullptr, value, borrowed);
  }

  void operator()(PlainList &data) {
    const std::unique_ptr<ListBuilder, FreeList> builder(nix_make_list_builder(nullptr, state, data.size()));
    unsigned index = 0;
    for (Plain &element : data) nix_list_builder_insert(nullptr, builder.get(), index++, made(element).get());
    nix_make_list(nullptr, builder.get(), value);
  }

  void operator()(PlainAttributes &data) {
    const std::unique_ptr<BindingsBuilder, FreeBindings> builder(
        nix_make_bindings_builder(nullptr, state, data.size()));
    for (auto &[name, member] : data) {
      if (const auto *borrowed = std::get_if<Borrowed>(&member.data))
        insert(builder.get(), name, reinterpret_cast<nix_value *>(borrowed->value));
      else
        insert(builder.get(), name, made(member).get());
    }
    nix_make_attrs(nullptr, value, builder.get());
  }

private:
  EvalState *state;
  nix_value *value;

  HeldValue made(Plain &plain) {
    HeldValue member = newValue(state);
    makeValue(state, std::move(plain), member.get());
    return member;
  }

  static void insert(BindingsBuilder *builder, const std::string &name, nix_value *member) {
    nix_bindings_builder_insert(nullptr, builder, name.c_str(), member);
  }
};

} // namespace

void makeValue(EvalState *state, Plain plain, nix_value *value) {
  std::visit(Maker(state, value), plain.data);
}

void prepareDeferred() {
  static const char *arguments[] = {"argument", nullptr};
  if (deferredPrimOp == nullptr)
    deferredPrimOp = nix_alloc_primop(nullptr, computeDeferred, 1, "aiModel", arguments,
                                      "A part of a model's description.", nullptr);
}

} // namespace ai_models

// Stands in for libnixexprc: the functions of Nix's C API that the backend uses, over simple values, so
// that the backend runs (under AddressSanitizer) where no Nix has them. A handle that is used after it was
// given back, or never given back, is found by the sanitizer. It knows no Nix language: the expressions
// that the backend uses are told from each other by their text.
//
// Environment: STAND_IN_STORE   the folder where store paths lie, by their names
//              STAND_IN_SETTINGS  lines of NAME=VALUE
//              STAND_IN_ALLOWED   the folder that restricted evaluation may read
//              STAND_IN_VERSION   which Nix this is, for the plugin's loader

#include "captured.h"

#include <nix_api_store.h>
#include <nix_api_util.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace nix {
/** What the loader looks at. */
__attribute__((visibility("default"))) extern const std::string nixVersion;
const std::string nixVersion = std::getenv("STAND_IN_VERSION") == nullptr ? "2.35.0" : std::getenv("STAND_IN_VERSION");

/** As Nix's own: an exception of the namespace passes through the backend. */
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
} // namespace nix

namespace {

struct Val;
using Ref = std::shared_ptr<Val>;
using Function = std::function<Ref(Ref)>;

struct Val {
  ValueType type = NIX_TYPE_EXTERNAL; // not initialised
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  std::set<std::string> context;
  std::vector<Ref> elements;
  std::map<std::string, Ref> members;
  Function function;
  std::function<Ref()> thunk;
};

Ref made(ValueType type) {
  auto value = std::make_shared<Val>();
  value->type = type;
  return value;
}

Ref madeText(const std::string &text, std::set<std::string> context = {}) {
  const Ref value = made(NIX_TYPE_STRING);
  value->text = text;
  value->context = std::move(context);
  return value;
}

Ref madeFunction(Function function) {
  const Ref value = made(NIX_TYPE_FUNCTION);
  value->function = std::move(function);
  return value;
}

void force(Val &value) {
  if (value.type == NIX_TYPE_EXTERNAL) throw nix::Error("uninitialised value");
  if (value.type != NIX_TYPE_THUNK) return;
  const Ref result = value.thunk();
  force(*result);
  value = Val(*result);
}

std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

const std::string STORE = "/nix/store/";

Ref toString(Ref value) {
  force(*value);
  if (value->type == NIX_TYPE_STRING) return value;
  if (value->type == NIX_TYPE_PATH) return madeText(value->text);
  if (const auto out = value->members.find("outPath"); out != value->members.end()) return toString(out->second);
  throw nix::Error("cannot coerce a value to a string");
}

Ref readFileType(Ref path) {
  const std::string folder = variable("STAND_IN_ALLOWED");
  if (folder.empty() || path->text.compare(0, folder.size(), folder) != 0)
    throw nix::Error("access to '" + path->text + "' is forbidden");
  return madeText("regular");
}

Ref getContext(Ref text) {
  force(*text);
  const Ref set = made(NIX_TYPE_ATTRS);
  for (const std::string &path : text->context) set->members[path] = made(NIX_TYPE_NULL);
  return set;
}

Ref expression(const std::string &text) {
  if (text == "builtins.storeDir") return madeText("/nix/store");
  if (text == "builtins.toString") return madeFunction(toString);
  if (text == "builtins.readFileType") return madeFunction(readFileType);
  if (text == "builtins.getContext") return madeFunction(getContext);
  if (text == "builtins.throw") return madeFunction([](Ref why) -> Ref { throw nix::Error(why->text); });
  if (text == "path: builtins.appendContext path { ${path} = { path = true; }; }")
    return madeFunction([](Ref path) { return madeText(path->text, {path->text}); });
  if (text == "path: below: path + below")
    return madeFunction([](Ref path) {
      return madeFunction([path](Ref below) { return madeText(path->text + below->text, path->context); });
    });
  if (text.find(".lib.fetchModel") != std::string::npos)
    return madeFunction([](Ref) { return madeText("lazy"); });
  throw nix::Error("unknown expression: " + text);
}

std::map<std::string, std::string> &settings() {
  static std::map<std::string, std::string> all = [] {
    std::map<std::string, std::string> read;
    std::istringstream lines(variable("STAND_IN_SETTINGS"));
    for (std::string line; std::getline(lines, line);) read[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    return read;
  }();
  return all;
}

std::map<std::string, Captured> &primops() {
  static std::map<std::string, Captured> all;
  return all;
}

} // namespace

struct nix_c_context {
  nix_err code = NIX_OK;
  std::string message;
};
struct nix_value {
  Ref value;
};
struct EvalState {};
struct Store {
  fs::path folder;
};
struct StorePath {
  std::string name;
};
struct BindingsBuilder {
  std::map<std::string, Ref> members;
};
struct ListBuilder {
  std::vector<Ref> elements;
};
struct PrimOp {
  PrimOpFun function;
  void *data;
};
struct nix_realised_string {
  std::string text;
};

const Captured *captured(const std::string &name) {
  const auto found = primops().find(name);
  return found == primops().end() ? nullptr : &found->second;
}

namespace {

std::vector<std::unique_ptr<PrimOp>> &keptPrimOps() {
  static std::vector<std::unique_ptr<PrimOp>> kept;
  return kept;
}

/** What every initialiser does: a value is written once. */
Val &fresh(nix_value *value) {
  if (value->value->type != NIX_TYPE_EXTERNAL) throw nix::Error("value already initialised");
  return *value->value;
}

Val &typed(const nix_value *value, ValueType type) {
  if (value->value->type != type) throw nix::Error("value of another type");
  return *value->value;
}

nix_err report(nix_c_context *context, const char *why) {
  if (context == nullptr) throw nix::Error(why);
  *context = {NIX_ERR_NIX_ERROR, why};
  return context->code;
}

Ref called(PrimOp *primOp, Ref argument) {
  nix_c_context context;
  nix_value given{argument}, result{std::make_shared<Val>()};
  nix_value *arguments[] = {&given};
  EvalState state;
  primOp->function(primOp->data, &context, &state, arguments, &result);
  if (context.code != NIX_OK) throw nix::Error(context.message);
  return result.value;
}

} // namespace

extern "C" {

nix_c_context *nix_c_context_create() { return new nix_c_context; }
void nix_c_context_free(nix_c_context *context) { delete context; }
nix_err nix_err_code(const nix_c_context *context) { return context->code; }
const char *nix_err_msg(nix_c_context *, const nix_c_context *context, unsigned int *) { return context->message.c_str(); }
nix_err nix_set_err_msg(nix_c_context *context, nix_err code, const char *message) {
  *context = {code, message};
  return code;
}

nix_err nix_setting_get(nix_c_context *context, const char *name, nix_get_string_callback callback, void *data) {
  const auto found = settings().find(name);
  if (found == settings().end()) return report(context, "Setting not found");
  callback(found->second.data(), static_cast<unsigned>(found->second.size()), data);
  return NIX_OK;
}
nix_err nix_setting_set(nix_c_context *, const char *name, const char *value) {
  settings()[name] = value;
  return NIX_OK;
}

nix_err nix_libexpr_init(nix_c_context *) { return NIX_OK; }
EvalState *nix_state_create(nix_c_context *, const char **, Store *) { return new EvalState; }
void nix_state_free(EvalState *state) { delete state; }
nix_err nix_gc_decref(nix_c_context *, const void *object) {
  // A primop lives on in Nix.
  for (const auto &primOp : keptPrimOps())
    if (primOp.get() == object) return NIX_OK;
  delete static_cast<const nix_value *>(object);
  return NIX_OK;
}
nix_err nix_expr_eval_from_string(nix_c_context *, EvalState *, const char *text, const char *, nix_value *value) {
  *value->value = Val(*expression(text));
  return NIX_OK;
}
nix_err nix_value_call(nix_c_context *, EvalState *, nix_value *function, nix_value *argument, nix_value *value) {
  fresh(value) = Val(*typed(function, NIX_TYPE_FUNCTION).function(argument->value));
  return NIX_OK;
}
nix_err nix_value_force(nix_c_context *, EvalState *, nix_value *value) {
  force(*value->value);
  return NIX_OK;
}

// --- the store -----------------------------------------------------------------------------------

Store *nix_store_open(nix_c_context *context, const char *uri, const char ***) {
  const fs::path folder = uri == nullptr ? variable("STAND_IN_STORE") : std::string(uri);
  if (fs::is_directory(folder)) return new Store{folder};
  report(context, "cannot open the store");
  return nullptr;
}
void nix_store_free(Store *store) { delete store; }
StorePath *nix_store_parse_path(nix_c_context *context, Store *, const char *path) {
  if (std::string(path).compare(0, STORE.size(), STORE) == 0) return new StorePath{path + STORE.size()};
  report(context, "not in the store");
  return nullptr;
}
void nix_store_path_free(StorePath *path) { delete path; }
bool nix_store_is_valid_path(nix_c_context *, Store *store, const StorePath *path) {
  return fs::exists(store->folder / path->name);
}
nix_err nix_store_real_path(nix_c_context *, Store *store, StorePath *path, nix_get_string_callback callback, void *data) {
  const std::string real = (store->folder / path->name).string();
  callback(real.data(), static_cast<unsigned>(real.size()), data);
  return NIX_OK;
}
nix_err nix_store_copy_closure(nix_c_context *, Store *from, Store *to, StorePath *path) {
  fs::copy(from->folder / path->name, to->folder / path->name, fs::copy_options::recursive);
  return NIX_OK;
}

// --- primops -------------------------------------------------------------------------------------

PrimOp *nix_alloc_primop(nix_c_context *, PrimOpFun function, int, const char *name, const char **, const char *,
                         void *data) {
  keptPrimOps().push_back(std::make_unique<PrimOp>(PrimOp{function, data}));
  primops()[name] = {function, data};
  return keptPrimOps().back().get();
}
unsigned registered = 0;
nix_err nix_register_primop(nix_c_context *, PrimOp *) {
  registered++;
  return NIX_OK;
}
/** For version-host.cc. */
unsigned stand_in_registered() { return registered; }

// --- reading values ------------------------------------------------------------------------------

nix_value *nix_alloc_value(nix_c_context *, EvalState *) { return new nix_value{std::make_shared<Val>()}; }
ValueType nix_get_type(nix_c_context *, const nix_value *value) { return value->value->type; }
bool nix_get_bool(nix_c_context *, const nix_value *value) { return typed(value, NIX_TYPE_BOOL).boolean; }
int64_t nix_get_int(nix_c_context *, const nix_value *value) { return typed(value, NIX_TYPE_INT).integer; }
double nix_get_float(nix_c_context *, const nix_value *value) { return typed(value, NIX_TYPE_FLOAT).number; }
nix_err nix_get_string(nix_c_context *, const nix_value *value, nix_get_string_callback callback, void *data) {
  const std::string &text = typed(value, NIX_TYPE_STRING).text;
  callback(text.data(), static_cast<unsigned>(text.size()), data);
  return NIX_OK;
}
unsigned int nix_get_list_size(nix_c_context *, const nix_value *value) {
  return static_cast<unsigned>(typed(value, NIX_TYPE_LIST).elements.size());
}
unsigned int nix_get_attrs_size(nix_c_context *, const nix_value *value) {
  return static_cast<unsigned>(typed(value, NIX_TYPE_ATTRS).members.size());
}
nix_value *nix_get_list_byidx_lazy(nix_c_context *, const nix_value *value, EvalState *, unsigned int index) {
  return new nix_value{typed(value, NIX_TYPE_LIST).elements.at(index)};
}
nix_value *nix_get_list_byidx(nix_c_context *context, const nix_value *value, EvalState *state, unsigned int index) {
  force(*typed(value, NIX_TYPE_LIST).elements.at(index));
  return nix_get_list_byidx_lazy(context, value, state, index);
}
bool nix_has_attr_byname(nix_c_context *, const nix_value *value, EvalState *, const char *name) {
  return typed(value, NIX_TYPE_ATTRS).members.count(name) > 0;
}
nix_value *nix_get_attr_byname(nix_c_context *, const nix_value *value, EvalState *, const char *name) {
  const Ref member = typed(value, NIX_TYPE_ATTRS).members.at(name);
  force(*member);
  return new nix_value{member};
}
const char *nix_get_attr_name_byidx(nix_c_context *, nix_value *value, EvalState *, unsigned int index) {
  return std::next(typed(value, NIX_TYPE_ATTRS).members.begin(), index)->first.c_str();
}
nix_value *nix_get_attr_byidx_lazy(nix_c_context *, nix_value *value, EvalState *, unsigned int index, const char **name) {
  const auto member = std::next(typed(value, NIX_TYPE_ATTRS).members.begin(), index);
  *name = member->first.c_str();
  return new nix_value{member->second};
}
nix_realised_string *nix_string_realise(nix_c_context *, EvalState *, nix_value *value, bool) {
  return new nix_realised_string{typed(value, NIX_TYPE_STRING).text};
}
const char *nix_realised_string_get_buffer_start(nix_realised_string *string) { return string->text.data(); }
size_t nix_realised_string_get_buffer_size(nix_realised_string *string) { return string->text.size(); }
void nix_realised_string_free(nix_realised_string *string) { delete string; }

// --- making values -------------------------------------------------------------------------------

nix_err nix_init_bool(nix_c_context *, nix_value *value, bool data) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_BOOL;
  made.boolean = data;
  return NIX_OK;
}
nix_err nix_init_int(nix_c_context *, nix_value *value, int64_t data) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_INT;
  made.integer = data;
  return NIX_OK;
}
nix_err nix_init_float(nix_c_context *, nix_value *value, double data) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_FLOAT;
  made.number = data;
  return NIX_OK;
}
nix_err nix_init_null(nix_c_context *, nix_value *value) {
  fresh(value).type = NIX_TYPE_NULL;
  return NIX_OK;
}
nix_err nix_init_string(nix_c_context *, nix_value *value, const char *text) {
  fresh(value) = Val(*madeText(text));
  return NIX_OK;
}
nix_err nix_init_path_string(nix_c_context *, EvalState *, nix_value *value, const char *text) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_PATH;
  made.text = text;
  return NIX_OK;
}
nix_err nix_init_apply(nix_c_context *, nix_value *value, nix_value *function, nix_value *argument) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_THUNK;
  made.thunk = [function = function->value, argument = argument->value] { return function->function(argument); };
  return NIX_OK;
}
nix_err nix_init_primop(nix_c_context *, nix_value *value, PrimOp *primOp) {
  fresh(value) = Val(*madeFunction([primOp](Ref argument) { return called(primOp, argument); }));
  return NIX_OK;
}
nix_err nix_copy_value(nix_c_context *, nix_value *value, const nix_value *source) {
  fresh(value) = Val(*source->value);
  return NIX_OK;
}
ListBuilder *nix_make_list_builder(nix_c_context *, EvalState *, size_t size) {
  return new ListBuilder{std::vector<Ref>(size)};
}
nix_err nix_list_builder_insert(nix_c_context *, ListBuilder *builder, unsigned int index, nix_value *value) {
  builder->elements.at(index) = value->value;
  return NIX_OK;
}
nix_err nix_make_list(nix_c_context *, ListBuilder *builder, nix_value *value) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_LIST;
  made.elements = builder->elements;
  return NIX_OK;
}
void nix_list_builder_free(ListBuilder *builder) { delete builder; }
BindingsBuilder *nix_make_bindings_builder(nix_c_context *, EvalState *, size_t) { return new BindingsBuilder; }
nix_err nix_bindings_builder_insert(nix_c_context *, BindingsBuilder *builder, const char *name, nix_value *value) {
  builder->members[name] = value->value;
  return NIX_OK;
}
nix_err nix_make_attrs(nix_c_context *, nix_value *value, BindingsBuilder *builder) {
  Val &made = fresh(value);
  made.type = NIX_TYPE_ATTRS;
  made.members = builder->members;
  return NIX_OK;
}
void nix_bindings_builder_free(BindingsBuilder *builder) { delete builder; }
}

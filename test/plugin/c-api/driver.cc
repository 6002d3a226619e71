// Runs the plugin, or its backend over the C API alone, without `nix`: opens it, calls a builtin's function
// as Nix would, and prints what it makes as JSON. Linked with stand-in.cc, or with capture.cc and a real
// libnixexprc.
//
//   driver FILE BUILTIN ARGUMENT [ATTRIBUTE…]   the argument is JSON in which {"$path": …} is a path,
//                                          {"$store": …} a string with itself as context, {"$throw": …} an error;
//                                          attributes of the result are passed over
//
// Exit status 1 and the text of the error on standard error where the call fails.

#include "../../../nix/plugin/backend-abi.h"
#include "captured.h"

#include <nix_api_store.h>
#include <nix_api_util.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <dlfcn.h>
#include <exception>
#include <set>
#include <string>

namespace {

using Json = nlohmann::json;

EvalState *state;
std::set<std::string> passedOver;

void append(const char *start, unsigned int size, void *text) { static_cast<std::string *>(text)->append(start, size); }

nix_value *evaluated(const std::string &expression) {
  nix_value *value = nix_alloc_value(nullptr, state);
  nix_expr_eval_from_string(nullptr, state, expression.c_str(), "/", value);
  return value;
}

nix_value *applied(nix_value *function, nix_value *argument, bool now) {
  nix_value *value = nix_alloc_value(nullptr, state);
  if (now) nix_value_call(nullptr, state, function, argument, value);
  else nix_init_apply(nullptr, value, function, argument);
  nix_gc_decref(nullptr, function);
  nix_gc_decref(nullptr, argument);
  return value;
}

nix_value *valueOf(const Json &json);

nix_value *textValue(const std::string &text) {
  nix_value *value = nix_alloc_value(nullptr, state);
  nix_init_string(nullptr, value, text.c_str());
  return value;
}

nix_value *special(const std::string &name, const std::string &text) {
  if (name == "$store")
    return applied(evaluated("path: builtins.appendContext path { ${path} = { path = true; }; }"), textValue(text), true);
  if (name == "$throw") return applied(evaluated("builtins.throw"), textValue(text), false);
  nix_value *value = nix_alloc_value(nullptr, state);
  nix_init_path_string(nullptr, state, value, text.c_str());
  return value;
}

nix_value *setOf(const Json &json) {
  BindingsBuilder *builder = nix_make_bindings_builder(nullptr, state, json.size());
  for (const auto &[name, member] : json.items()) {
    nix_value *value = valueOf(member);
    nix_bindings_builder_insert(nullptr, builder, name.c_str(), value);
    nix_gc_decref(nullptr, value);
  }
  nix_value *set = nix_alloc_value(nullptr, state);
  nix_make_attrs(nullptr, set, builder);
  nix_bindings_builder_free(builder);
  return set;
}

nix_value *listOf(const Json &json) {
  ListBuilder *builder = nix_make_list_builder(nullptr, state, json.size());
  unsigned index = 0;
  for (const Json &element : json) {
    nix_value *value = valueOf(element);
    nix_list_builder_insert(nullptr, builder, index++, value);
    nix_gc_decref(nullptr, value);
  }
  nix_value *list = nix_alloc_value(nullptr, state);
  nix_make_list(nullptr, builder, list);
  nix_list_builder_free(builder);
  return list;
}

nix_value *valueOf(const Json &json) {
  if (json.is_object() && json.size() == 1 && json.begin().key().front() == '$')
    return special(json.begin().key(), json.begin().value());
  if (json.is_object()) return setOf(json);
  if (json.is_array()) return listOf(json);
  if (json.is_string()) return textValue(json);
  nix_value *value = nix_alloc_value(nullptr, state);
  if (json.is_boolean()) nix_init_bool(nullptr, value, json);
  else if (json.is_number_integer()) nix_init_int(nullptr, value, json);
  else if (json.is_number()) nix_init_float(nullptr, value, json);
  else nix_init_null(nullptr, value);
  return value;
}

Json jsonOf(nix_value *value);

/** A string with context is told from one without. */
Json textOf(nix_value *value) {
  std::string text;
  nix_get_string(nullptr, value, append, &text);
  nix_value *function = evaluated("builtins.getContext");
  nix_value *context = nix_alloc_value(nullptr, state);
  nix_value_call(nullptr, state, function, value, context);
  const bool plain = nix_get_attrs_size(nullptr, context) == 0;
  nix_gc_decref(nullptr, function);
  nix_gc_decref(nullptr, context);
  return plain ? Json(text) : Json{{"$store", text}};
}

Json membersOf(nix_value *set) {
  Json members = Json::object();
  const unsigned count = nix_get_attrs_size(nullptr, set);
  for (unsigned index = 0; index < count; index++) {
    const char *name = nix_get_attr_name_byidx(nullptr, set, state, index);
    if (passedOver.count(name) > 0) continue;
    nix_value *member = nix_get_attr_byname(nullptr, set, state, name);
    members[name] = jsonOf(member);
    nix_gc_decref(nullptr, member);
  }
  return members;
}

Json elementsOf(nix_value *list) {
  Json elements = Json::array();
  for (unsigned index = 0; index < nix_get_list_size(nullptr, list); index++) {
    nix_value *element = nix_get_list_byidx(nullptr, list, state, index);
    elements.push_back(jsonOf(element));
    nix_gc_decref(nullptr, element);
  }
  return elements;
}

Json jsonOf(nix_value *value) {
  nix_value_force(nullptr, state, value);
  switch (nix_get_type(nullptr, value)) {
  case NIX_TYPE_INT: return nix_get_int(nullptr, value);
  case NIX_TYPE_FLOAT: return nix_get_float(nullptr, value);
  case NIX_TYPE_BOOL: return nix_get_bool(nullptr, value);
  case NIX_TYPE_STRING: return textOf(value);
  case NIX_TYPE_ATTRS: return membersOf(value);
  case NIX_TYPE_LIST: return elementsOf(value);
  case NIX_TYPE_NULL: return nullptr;
  default: return "«other»";
  }
}

/** Whether it went well; prints the result or the error. */
bool run(const std::string &name, const Json &argument) {
  const Captured *builtin = captured("__" + name);
  if (builtin == nullptr) {
    std::fprintf(stderr, "no builtin\n");
    return false;
  }
  nix_value *given = valueOf(argument);
  nix_value *result = nix_alloc_value(nullptr, state);
  nix_c_context *context = nix_c_context_create();
  nix_value *arguments[] = {given};
  bool good = false;
  try {
    builtin->function(builtin->data, context, state, arguments, result);
    good = nix_err_code(context) == NIX_OK;
    if (good) std::puts(jsonOf(result).dump().c_str());
    else std::fprintf(stderr, "error of the call: %s\n", nix_err_msg(nullptr, context, nullptr));
  } catch (const std::exception &error) {
    std::fprintf(stderr, "exception of Nix: %s\n", error.what());
  }
  nix_gc_decref(nullptr, given);
  nix_gc_decref(nullptr, result);
  nix_c_context_free(context);
  return good;
}

/** The plugin's loader does everything itself; a backend is registered here. */
bool opened(const char *file) {
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) std::fprintf(stderr, "%s\n", dlerror());
  if (handle == nullptr) return false;
  void *symbol = dlsym(handle, NIX_AI_MODELS_BACKEND_SYMBOL);
  if (symbol == nullptr) return true;
  const char *problem = reinterpret_cast<NixAiModelsBackend *>(symbol)(NIX_AI_MODELS_BACKEND_ABI, ".");
  if (problem != nullptr) std::fprintf(stderr, "%s\n", problem);
  return problem == nullptr;
}

} // namespace

int main(int count, char **words) {
  if (count < 4) return 2;
  for (int index = 4; index < count; index++) passedOver.insert(words[index]);
  nix_libexpr_init(nullptr);
  Store *store = nix_store_open(nullptr, nullptr, nullptr);
  const char *nothing[] = {nullptr};
  state = nix_state_create(nullptr, nothing, store);
  const bool good = opened(words[1]) && run(words[2], Json::parse(words[3]));
  nix_state_free(state);
  nix_store_free(store);
  return good ? 0 : 1;
}

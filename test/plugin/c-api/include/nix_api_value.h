// The functions of Nix's C API that the backend uses, declared by hand so that it can be compiled and run
// (stand-in.cc) where no Nix has the headers. c-api.test.ts compares them with real headers where there are some.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern "C" {

enum nix_err {
  NIX_OK = 0,
  NIX_ERR_UNKNOWN = -1,
  NIX_ERR_OVERFLOW = -2,
  NIX_ERR_KEY = -3,
  NIX_ERR_NIX_ERROR = -4,
  NIX_ERR_RECOVERABLE = -5
};
typedef enum {
  NIX_TYPE_THUNK,
  NIX_TYPE_INT,
  NIX_TYPE_FLOAT,
  NIX_TYPE_BOOL,
  NIX_TYPE_STRING,
  NIX_TYPE_PATH,
  NIX_TYPE_NULL,
  NIX_TYPE_ATTRS,
  NIX_TYPE_LIST,
  NIX_TYPE_FUNCTION,
  NIX_TYPE_EXTERNAL
} ValueType;

typedef struct nix_c_context nix_c_context;
typedef struct nix_value nix_value;
typedef struct EvalState EvalState;
typedef struct Store Store;
typedef struct StorePath StorePath;
typedef struct BindingsBuilder BindingsBuilder;
typedef struct ListBuilder ListBuilder;
typedef struct PrimOp PrimOp;
typedef struct nix_realised_string nix_realised_string;
typedef void (*nix_get_string_callback)(const char *start, unsigned int n, void *user_data);
typedef void (*PrimOpFun)(void *user_data, nix_c_context *, EvalState *, nix_value **args, nix_value *ret);

nix_c_context *nix_c_context_create();
void nix_c_context_free(nix_c_context *);
nix_err nix_set_err_msg(nix_c_context *, nix_err, const char *);
nix_err nix_err_code(const nix_c_context *);
const char *nix_err_msg(nix_c_context *, const nix_c_context *, unsigned int *);
nix_err nix_setting_get(nix_c_context *, const char *, nix_get_string_callback, void *);
nix_err nix_setting_set(nix_c_context *, const char *, const char *);

nix_err nix_libexpr_init(nix_c_context *);
nix_err nix_expr_eval_from_string(nix_c_context *, EvalState *, const char *, const char *, nix_value *);
nix_err nix_value_call(nix_c_context *, EvalState *, nix_value *, nix_value *, nix_value *);
nix_err nix_value_force(nix_c_context *, EvalState *, nix_value *);
EvalState *nix_state_create(nix_c_context *, const char **, Store *);
void nix_state_free(EvalState *);
nix_err nix_gc_decref(nix_c_context *, const void *);

Store *nix_store_open(nix_c_context *, const char *, const char ***);
void nix_store_free(Store *);
StorePath *nix_store_parse_path(nix_c_context *, Store *, const char *);
void nix_store_path_free(StorePath *);
bool nix_store_is_valid_path(nix_c_context *, Store *, const StorePath *);
nix_err nix_store_real_path(nix_c_context *, Store *, StorePath *, nix_get_string_callback, void *);
nix_err nix_store_copy_closure(nix_c_context *, Store *, Store *, StorePath *);

PrimOp *nix_alloc_primop(nix_c_context *, PrimOpFun, int, const char *, const char **, const char *, void *);
nix_err nix_register_primop(nix_c_context *, PrimOp *);
nix_value *nix_alloc_value(nix_c_context *, EvalState *);
ValueType nix_get_type(nix_c_context *, const nix_value *);
bool nix_get_bool(nix_c_context *, const nix_value *);
nix_err nix_get_string(nix_c_context *, const nix_value *, nix_get_string_callback, void *);
const char *nix_get_path_string(nix_c_context *, const nix_value *);
unsigned int nix_get_list_size(nix_c_context *, const nix_value *);
unsigned int nix_get_attrs_size(nix_c_context *, const nix_value *);
double nix_get_float(nix_c_context *, const nix_value *);
int64_t nix_get_int(nix_c_context *, const nix_value *);
nix_value *nix_get_list_byidx(nix_c_context *, const nix_value *, EvalState *, unsigned int);
nix_value *nix_get_list_byidx_lazy(nix_c_context *, const nix_value *, EvalState *, unsigned int);
bool nix_has_attr_byname(nix_c_context *, const nix_value *, EvalState *, const char *);
nix_value *nix_get_attr_byname(nix_c_context *, const nix_value *, EvalState *, const char *);
const char *nix_get_attr_name_byidx(nix_c_context *, nix_value *, EvalState *, unsigned int);
nix_value *nix_get_attr_byidx_lazy(nix_c_context *, nix_value *, EvalState *, unsigned int, const char **);
nix_err nix_init_bool(nix_c_context *, nix_value *, bool);
nix_err nix_init_string(nix_c_context *, nix_value *, const char *);
nix_err nix_init_path_string(nix_c_context *, EvalState *, nix_value *, const char *);
nix_err nix_init_float(nix_c_context *, nix_value *, double);
nix_err nix_init_int(nix_c_context *, nix_value *, int64_t);
nix_err nix_init_null(nix_c_context *, nix_value *);
nix_err nix_init_apply(nix_c_context *, nix_value *, nix_value *, nix_value *);
nix_err nix_init_primop(nix_c_context *, nix_value *, PrimOp *);
nix_err nix_copy_value(nix_c_context *, nix_value *, const nix_value *);
ListBuilder *nix_make_list_builder(nix_c_context *, EvalState *, size_t);
nix_err nix_list_builder_insert(nix_c_context *, ListBuilder *, unsigned int, nix_value *);
nix_err nix_make_list(nix_c_context *, ListBuilder *, nix_value *);
void nix_list_builder_free(ListBuilder *);
BindingsBuilder *nix_make_bindings_builder(nix_c_context *, EvalState *, size_t);
nix_err nix_bindings_builder_insert(nix_c_context *, BindingsBuilder *, const char *, nix_value *);
nix_err nix_make_attrs(nix_c_context *, nix_value *, BindingsBuilder *);
void nix_bindings_builder_free(BindingsBuilder *);
nix_realised_string *nix_string_realise(nix_c_context *, EvalState *, nix_value *, bool);
const char *nix_realised_string_get_buffer_start(nix_realised_string *);
size_t nix_realised_string_get_buffer_size(nix_realised_string *);
void nix_realised_string_free(nix_realised_string *);
}

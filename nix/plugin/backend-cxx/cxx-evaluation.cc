// Nix 2.8: reading values, the evaluation mode and the store.

#include "cxx-evaluation.h"

#include "../failure.h"

#include <cmath>
#include <cstring>

namespace ai_models {

namespace {

nix::Value &native(Value &value) { return reinterpret_cast<nix::Value &>(value); }
Value &opaque(nix::Value &value) { return reinterpret_cast<Value &>(value); }

} // namespace

Kind CxxEvaluation::force(Value &value) {
  nix::Value &v = native(value);
  state.forceValue(v, position);
  switch (v.type()) {
  case nix::nNull: return Kind::null;
  case nix::nBool: return Kind::boolean;
  case nix::nInt: return Kind::integer;
  case nix::nFloat: return Kind::number;
  case nix::nString: return Kind::string;
  case nix::nPath: return Kind::path;
  case nix::nList: return Kind::list;
  case nix::nFunction: return Kind::function;
  case nix::nAttrs: {
    const bool isString = v.attrs->find(state.sOutPath) != v.attrs->end() ||
                          v.attrs->find(state.sToString) != v.attrs->end();
    return isString ? Kind::string : Kind::attributes;
  }
  case nix::nExternal:
  case nix::nThunk: break;
  }
  return Kind::other;
}

std::string CxxEvaluation::scalar(Value &value) {
  const nix::Value &v = native(value);
  if (v.type() == nix::nBool) return v.boolean ? "true" : "false";
  if (v.type() == nix::nInt) return std::to_string(v.integer);
  // JSON knows neither infinity nor NaN.
  return std::isfinite(v.fpoint) ? nix::fmt("%1%", v.fpoint) : "null";
}

std::string CxxEvaluation::string(Value &value) {
  nix::PathSet context;
  std::string text = state.coerceToString(position, native(value), context, false, false).toOwned();
  return context.empty() ? text : nix::rewriteStrings(std::move(text), state.realiseContext(context));
}

std::string CxxEvaluation::readFile(Value &value) {
  try {
    nix::PathSet context;
    nix::Path path = state.coerceToPath(position, native(value), context);
    path = nix::rewriteStrings(std::move(path), state.realiseContext(context));
    return nix::readFile(state.checkSourcePath(state.toRealPath(path, context)));
  } catch (nix::SysError &error) {
    const std::string why = std::strerror(error.errNo);
    throw Failure("LOCK_INVALID", "The file that `lock` names cannot be read: " + why);
  } catch (nix::Error &error) {
    error.addTrace(position, "while reading the file that `lock` names");
    throw;
  }
}

void CxxEvaluation::eachAttribute(
    Value &attributes, const std::function<void(std::string_view, Value &)> &visit) {
  for (const nix::Attr &attribute : *native(attributes).attrs)
    visit(static_cast<const std::string &>(attribute.name), opaque(*attribute.value));
}

void CxxEvaluation::eachElement(Value &list, const std::function<void(Value &)> &visit) {
  for (nix::Value *element : native(list).listItems()) visit(opaque(*element));
}

std::string CxxEvaluation::storeUri() {
  const std::string uri = nix::settings.storeUri;
  return uri == "auto" ? "" : uri;
}

/** As the store's own, without its walk through the components: the core gives canonical paths. */
nix::StorePath CxxEvaluation::parseStorePath(std::string_view path) {
  const std::string &directory = state.store->storeDir;
  const bool isBelow = path.size() > directory.size() && path[directory.size()] == '/' &&
                       path.compare(0, directory.size(), directory) == 0;
  return isBelow ? nix::StorePath(path.substr(directory.size() + 1)) : state.store->parseStorePath(path);
}

bool CxxEvaluation::isValidPath(const std::string &path) {
  return state.store->isValidPath(parseStorePath(path));
}

void CxxEvaluation::keepPath(const std::string &path) {
  try {
    state.store->addTempRoot(parseStorePath(path));
  } catch (nix::Interrupted &) {
    throw;
  } catch (nix::Error &) {
    // A store that cannot be written has no collector to be afraid of.
  }
}

void CxxEvaluation::allowPath(const std::string &path) {
  if (!state.allowedPaths) return;
  if (state.store->isStorePath(path))
    state.allowPath(state.store->parseStorePath(path));
  else
    state.allowPath(nix::canonPath(path, true));
}

std::string CxxEvaluation::realPath(const std::string &path) {
  return state.store->toRealPath(path);
}

} // namespace ai_models

// What is called or spelled differently in the C++ API of Nix 2.4 to 2.33, under one name each. The
// backend's other files use Nix's API only where it is the same in all of them.
//
// Run by the tests: 2.8.0 and 2.26.3. The other releases were compiled against their headers only.
#pragma once

#include "nix-headers.h"

#include <map>
#include <string>
#include <string_view>

namespace ai_models::compat {

// --- where an expression stands ------------------------------------------------------------------

#if NIX_RELEASE >= 209
using Position = nix::PosIdx;
#else
using Position = const nix::Pos &;
#endif

/** A text without the colours that Nix gives to what it quotes. */
[[noreturn]] inline void throwError([[maybe_unused]] nix::EvalState &state, Position position,
                                    const std::string &text) {
#if NIX_RELEASE >= 221
  state.error<nix::EvalError>("%s", nix::Uncolored(text)).atPos(position).debugThrow();
#else
  throw nix::EvalError(nix::ErrorInfo{
      .level = nix::lvlError,
#if NIX_RELEASE < 207
      .name = "EvalError",
#endif
      .msg = nix::hintfmt(text),
#if NIX_RELEASE >= 209
      .errPos = state.positions[position],
#else
      .errPos = position,
#endif
      .traces = {},
#if NIX_RELEASE >= 207
      .suggestions = {},
#endif
  });
#endif
}

// --- reading values ------------------------------------------------------------------------------

#if NIX_RELEASE >= 222
inline const nix::Bindings &attributesOf(const nix::Value &value) { return *value.attrs(); }
inline bool booleanOf(const nix::Value &value) { return value.boolean(); }
inline double numberOf(const nix::Value &value) { return value.fpoint(); }
#else
inline nix::Bindings &attributesOf(const nix::Value &value) { return *value.attrs; }
inline bool booleanOf(const nix::Value &value) { return value.boolean; }
inline double numberOf(const nix::Value &value) { return value.fpoint; }
#endif

#if NIX_RELEASE >= 230
inline auto elementsOf(nix::Value &list) { return list.listView(); }
#elif NIX_RELEASE >= 205
inline auto elementsOf(nix::Value &list) { return list.listItems(); }
#else
struct Elements {
  nix::Value **first;
  size_t size;
  nix::Value **begin() const { return first; }
  nix::Value **end() const { return first + size; }
};
inline Elements elementsOf(nix::Value &list) { return {list.listElems(), list.listSize()}; }
#endif

inline int64_t integerOf(const nix::Value &value) {
#if NIX_RELEASE >= 225
  return value.integer().value;
#elif NIX_RELEASE >= 222
  return value.integer();
#else
  return value.integer;
#endif
}

inline std::string_view nameOf([[maybe_unused]] const nix::EvalState &state, const nix::Attr &attribute) {
#if NIX_RELEASE >= 209
  return state.symbols[attribute.name];
#else
  return static_cast<const std::string &>(attribute.name);
#endif
}

/** Where the attribute was written, if that is known. */
inline Position placeOf(const nix::Attr &attribute, Position otherwise) {
#if NIX_RELEASE >= 209
  return attribute.pos ? attribute.pos : otherwise;
#else
  const nix::Pos &place = *attribute.pos;
  return place ? place : otherwise;
#endif
}

/** Whether the set can be used as a string. */
inline bool standsForString(const nix::EvalState &state, const nix::Value &set) {
  auto &attributes = attributesOf(set);
#if NIX_RELEASE >= 232
  return attributes.get(state.s.outPath) || attributes.get(state.s.toString);
#else
  return attributes.find(state.sOutPath) != attributes.end() ||
         attributes.find(state.sToString) != attributes.end();
#endif
}

// --- strings and what they depend on -------------------------------------------------------------

#if NIX_RELEASE >= 216
using Context = nix::NixStringContext;
inline Context contextOf(const nix::StorePath &path, const std::string &) {
  return {nix::NixStringContextElem{nix::NixStringContextElem::Opaque{path}}};
}
#else
using Context = nix::PathSet;
inline Context contextOf(const nix::StorePath &, const std::string &path) { return {path}; }
#endif

inline std::string coerceToString(nix::EvalState &state, Position position, nix::Value &value,
                                  Context &context) {
#if NIX_RELEASE >= 213
  return state.coerceToString(position, value, context, "while evaluating a model's specification", false, false)
      .toOwned();
#elif NIX_RELEASE >= 207
  return state.coerceToString(position, value, context, false, false).toOwned();
#else
  return state.coerceToString(position, value, context, false, false);
#endif
}

/** Builds what a string depends on, and puts the paths of what was built in the place of placeholders. */
inline std::string realised(nix::EvalState &state, std::string text, const Context &context) {
  if (context.empty()) return text;
#if NIX_RELEASE >= 206
  return nix::rewriteStrings(std::move(text), state.realiseContext(context));
#else
  state.realiseContext(context);
  return text;
#endif
}

inline std::string forceText(nix::EvalState &state, Position position, nix::Value &value) {
#if NIX_RELEASE >= 213
  return std::string(state.forceStringNoCtx(value, position, "while computing a part of a model"));
#else
  return std::string(state.forceStringNoCtx(value, position));
#endif
}

// --- making values -------------------------------------------------------------------------------

#if NIX_RELEASE >= 233
inline void makeString(nix::EvalState &state, nix::Value &value, std::string_view text) {
  value.mkString(text, state.mem);
}
inline void makeString(nix::EvalState &state, nix::Value &value, std::string_view text, const Context &context) {
  value.mkString(text, context, state.mem);
}
#elif NIX_RELEASE < 206
inline void makeString(nix::EvalState &, nix::Value &value, std::string_view text) { nix::mkString(value, text); }
inline void makeString(nix::EvalState &, nix::Value &value, std::string_view text, const Context &context) {
  nix::mkString(value, text, context);
}
#else
inline void makeString(nix::EvalState &, nix::Value &value, std::string_view text) { value.mkString(text); }
inline void makeString(nix::EvalState &, nix::Value &value, std::string_view text, const Context &context) {
  value.mkString(text, context);
}
#endif

/** A list of new values. The collector looks at every element: none is left as it was found. */
inline void makeList(nix::EvalState &state, nix::Value &value, size_t size) {
#if NIX_RELEASE >= 222
  auto list = state.buildList(size);
  for (auto &element : list) element = state.allocValue();
  value.mkList(list);
#else
  state.mkList(value, size);
  for (size_t index = 0; index < size; index++) value.listElems()[index] = state.allocValue();
#endif
}

inline nix::Expr *parse(nix::EvalState &state, const std::string &expression) {
#if NIX_RELEASE >= 216
  return state.parseExprFromString(expression, state.rootPath(nix::CanonPath::root));
#else
  return state.parseExprFromString(expression, "/");
#endif
}

// --- primops -------------------------------------------------------------------------------------

using PrimOpFunction = void(nix::EvalState &, Position, nix::Value **, nix::Value &);

inline void registerPrimOp(const std::string &name, const char *argument, const char *documentation,
                           PrimOpFunction *function) {
#if NIX_RELEASE >= 217
  nix::PrimOp primOp;
#else
  nix::RegisterPrimOp::Info primOp;
#endif
  primOp.name = name;
  primOp.args = {argument};
  primOp.arity = 1;
  primOp.doc = documentation;
  primOp.fun = function;
  nix::RegisterPrimOp registered(std::move(primOp));
}

/** One that no expression can name. */
inline nix::PrimOp internalPrimOp([[maybe_unused]] nix::EvalState &state, const char *name,
                                  PrimOpFunction *function) {
  nix::PrimOp primOp;
  primOp.fun = function;
  primOp.arity = 1;
#if NIX_RELEASE >= 209
  primOp.name = name;
#else
  primOp.name = state.symbols.create(name);
#endif
  return primOp;
}

// --- progress ------------------------------------------------------------------------------------

/** What a builder's `@nix {…}` line stands for, as activities below `all`. */
inline void handleBuilderLine(const std::string &line, const nix::Activity &all,
                              std::map<nix::ActivityId, nix::Activity> &parts) {
#if NIX_RELEASE >= 226
  nix::handleJSONLogMessage(line, all, parts, "nix-ai-models", true);
#else
  nix::handleJSONLogMessage(line, all, parts, true);
#endif
}

// --- evaluation mode, store ----------------------------------------------------------------------

#if NIX_RELEASE >= 224
inline const nix::EvalSettings &settingsOf(const nix::EvalState &state) { return state.settings; }
#else
inline const nix::EvalSettings &settingsOf(const nix::EvalState &) { return nix::evalSettings; }
#endif

inline void allowPath(nix::EvalState &state, const nix::Path &path) {
#if NIX_RELEASE >= 232
  state.allowPathLegacy(path);
#else
  state.allowPath(path);
#endif
}

inline std::string realPath(nix::Store &store, const std::string &path) {
#if NIX_RELEASE >= 233
  auto *local = dynamic_cast<nix::LocalFSStore *>(&store);
  return local == nullptr ? path : local->toRealPath(store.parseStorePath(path));
#else
  return store.toRealPath(path);
#endif
}

#if NIX_RELEASE >= 216
using FilePath = nix::SourcePath;
#else
using FilePath = nix::Path;
#endif

/** The path that a value stands for, what it depends on built first. */
inline FilePath pathOf(nix::EvalState &state, Position position, nix::Value &value) {
  Context context;
#if NIX_RELEASE >= 213
  auto path = state.coerceToPath(position, value, context, "while evaluating the path of a file");
#else
  auto path = state.coerceToPath(position, value, context);
#endif
#if NIX_RELEASE >= 216
  std::string text = realised(state, path.path.abs(), context);
#if NIX_RELEASE < 227
  text = state.toRealPath(text, context);
#endif
  path.path = nix::CanonPath(text);
  return path;
#else
  return state.toRealPath(realised(state, std::move(path), context), context);
#endif
}

inline FilePath pathOf([[maybe_unused]] nix::EvalState &state, const std::string &text) {
#if NIX_RELEASE >= 216
  return state.rootPath(nix::CanonPath(text));
#else
  return text;
#endif
}

/**
 * Where the file lies on this machine. Throws where the evaluation mode does not allow it to be read; a
 * file that is missing is the reader's business.
 */
inline std::string readableFile(nix::EvalState &state, [[maybe_unused]] Position position, FilePath path) {
#if NIX_RELEASE >= 220
  path = path.resolveSymlinks();
  // Links are resolved one by one above, and each of them must be allowed, as must be the end.
  if (!path.maybeLstat() && (settingsOf(state).pureEval || settingsOf(state).restrictEval)) path.lstat();
  const auto file = path.getPhysicalPath();
  if (!file) throwError(state, position, "'" + path.to_string() + "' is no file of this machine");
#if NIX_RELEASE >= 221
  return file->string();
#else
  return file->abs();
#endif
#elif NIX_RELEASE >= 216
  return state.checkSourcePath(path).path.abs();
#else
  return state.checkSourcePath(path);
#endif
}

} // namespace ai_models::compat

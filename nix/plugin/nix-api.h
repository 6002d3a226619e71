// What the builtins need of Nix, as one small interface. The version-neutral code (fetch-model.cc
// and what it calls) is written against it; a backend implements it for one family of Nix releases:
// backend-cxx/ over the C++ API. Nothing here mentions a type of Nix.
//
// Ownership: a Value belongs to the evaluator and is borrowed for the call of the builtin that
// received it. An Evaluation lives as long as that call.
//
// Errors: an operation may throw the evaluator's own exception (a thunk that throws, an interrupt).
// The neutral code lets it pass; it throws only Failure (failure.h), which the backend turns into an
// evaluation error with a position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ai_models {

/** A value of the evaluator. Never dereferenced here: a backend casts it to its own type. */
struct Value;

struct Plain;
/** A list, as plain data. */
using PlainList = std::vector<Plain>;
/** An attribute set: distinct names, in any order. */
using PlainAttributes = std::vector<std::pair<std::string, Plain>>;

/** The text of a store path, carrying it as context, so that a build which uses it depends on it. */
struct StorePathText {
  std::string path;
  /** What follows the store path in the text: nothing, or a slash and a path in it. */
  std::string below = {};
};

class Evaluation;

/** A value that is computed when somebody looks at it: `function` is called with `argument`. */
struct Deferred {
  using Function = Plain (*)(Evaluation &, const std::string &argument);
  Function function;
  std::string argument;
};

/** The result of calling the function that a Nix expression stands for. */
struct Application {
  std::string expression;
  Value *argument;
};

/** A value that is part of the argument, given back as it is. */
struct Borrowed {
  Value *value;
};

/** A result that a backend turns into a value. */
struct Plain {
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, StorePathText, Deferred, Application,
               Borrowed, PlainList, PlainAttributes>
      data;
};

/** The evaluator's own display of what another program does, as long as this lives. */
class ProgressLog {
public:
  virtual ~ProgressLog() = default;
  /** A line as a builder prints it: `@nix {…}`. Others are ignored. */
  virtual void line(const std::string &text) = 0;
};

enum class Kind { null, boolean, integer, number, string, path, list, attributes, function, other };

class Evaluation {
public:
  virtual ~Evaluation() = default;

  // --- reading a value -------------------------------------------------------------------------
  /** Evaluates to weak head normal form. A set that stands for a string (`outPath`) is a string. */
  virtual Kind force(Value &value) = 0;
  /** A forced boolean, integer or number as JSON text. */
  virtual std::string scalar(Value &value) = 0;
  /** A forced string; what it depends on is built first, as for any file read in evaluation. */
  virtual std::string string(Value &value) = 0;
  /** The file of this machine that a path or string names, where the evaluation mode allows to read it. */
  virtual std::string localFile(Value &path) = 0;
  /** The same for a path of this machine: a link in a folder that may be read can lead out of it. */
  virtual std::string readableFile(const std::string &path) = 0;
  virtual void eachAttribute(
      Value &attributes, const std::function<void(std::string_view, Value &)> &visit) = 0;
  virtual void eachElement(Value &list, const std::function<void(Value &)> &visit) = 0;

  // --- evaluation mode -------------------------------------------------------------------------
  /** Whether expressions may read some paths only: pure and restricted evaluation. */
  virtual bool restrictsPaths() = 0;
  /** Whether expressions may ask some addresses only: restricted evaluation. */
  virtual bool restrictsUris() = 0;
  /** Throws where restricted evaluation does not allow the address (`allowed-uris`). */
  virtual void checkUri(const std::string &uri) = 0;
  /** Throws when the user has interrupted Nix. */
  virtual void checkInterrupt() = 0;
  /** `title` says what is going on. Null where this Nix has no display: the helper speaks for itself then. */
  virtual std::unique_ptr<ProgressLog> openProgress([[maybe_unused]] const std::string &title) { return nullptr; }

  virtual void warn(const std::string &text) { std::fprintf(stderr, "warning: %s\n", text.c_str()); }

  // --- the store -------------------------------------------------------------------------------
  virtual std::string storeDirectory() = 0;
  /** The store that this evaluation uses, as NIX_REMOTE names it; empty for the default. */
  virtual std::string storeUri() = 0;
  virtual bool isValidPath(const std::string &path) = 0;
  /** From now on, and until this process ends, the collector leaves the path alone; it may come later. */
  virtual void keepPath(const std::string &path) = 0;
  /**
   * Asks the binary caches that are configured, once and without patience; whether the path is valid
   * now. A cache that fails is no error.
   */
  virtual bool substitute(const std::string &path) = 0;
  /** Forgets what was remembered about paths: another process has added one. */
  virtual void refreshStore() = 0;
  /** Lets expressions read the path in pure and restricted evaluation. */
  virtual void allowPath(const std::string &path) = 0;
  /** Where the path's files lie (a store may be mounted elsewhere). */
  virtual std::string realPath(const std::string &path) = 0;
};

struct Builtin {
  const char *name;
  const char *argument;
  const char *documentation;
  Plain (*run)(Evaluation &, Value &argument);
};

} // namespace ai_models

// Reading values, the evaluation mode and the store.

#include "cxx-evaluation.h"

#include <cmath>
#include <map>
#include <typeinfo>

namespace ai_models {

namespace {

nix::Value &native(Value &value) { return reinterpret_cast<nix::Value &>(value); }
Value &opaque(nix::Value &value) { return reinterpret_cast<Value &>(value); }

/** A cache is asked once, for as long as this lives: the model has another source. */
class HurriedTransfers {
public:
  HurriedTransfers() {
    own.tries = 1;
    if (connectTimeout == 0) own.connectTimeout = CONNECT_SECONDS;
    if (stalledTimeout > STALLED_SECONDS) own.stalledDownloadTimeout = STALLED_SECONDS;
  }
  ~HurriedTransfers() {
    own.tries = tries;
    own.connectTimeout = connectTimeout;
    own.stalledDownloadTimeout = stalledTimeout;
  }
  HurriedTransfers(const HurriedTransfers &) = delete;
  HurriedTransfers &operator=(const HurriedTransfers &) = delete;

private:
  /** Where the user has set no limit; curl's own is five minutes. */
  static constexpr unsigned long CONNECT_SECONDS = 5;
  /** Without a byte; Nix's own limit is five minutes. */
  static constexpr unsigned long STALLED_SECONDS = 10;

  nix::FileTransferSettings &own = nix::fileTransferSettings;
  const unsigned int tries = own.tries;
  const unsigned long connectTimeout = own.connectTimeout;
  const unsigned long stalledTimeout = own.stalledDownloadTimeout;
};

/** Activities of Nix's logger: the progress bar of `nix build`, or lines for another program. */
class ActivityLog final : public ProgressLog {
public:
  explicit ActivityLog(const std::string &title)
      : all(*nix::logger, nix::lvlInfo, nix::actUnknown, title, {}, nix::getCurActivity()) {}
  void line(const std::string &text) override { compat::handleBuilderLine(text, all, parts); }

private:
  nix::Activity all;
  std::map<nix::ActivityId, nix::Activity> parts;
};

/** The logger of the old commands prints lines and draws nothing; its class has no declaration. */
bool logsPlainLines() {
  const nix::Logger &logger = *nix::logger;
  return std::string_view(typeid(logger).name()).find("SimpleLogger") != std::string_view::npos;
}

} // namespace

std::unique_ptr<ProgressLog> CxxEvaluation::openProgress(const std::string &title) {
  if (logsPlainLines()) return nullptr;
  return std::make_unique<ActivityLog>(title);
}

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
  case nix::nAttrs:
    return compat::standsForString(state, v) ? Kind::string : Kind::attributes;
  default: return Kind::other; // external values, and kinds that a later release has
  }
}

std::string CxxEvaluation::scalar(Value &value) {
  const nix::Value &v = native(value);
  if (v.type() == nix::nBool) return compat::booleanOf(v) ? "true" : "false";
  if (v.type() == nix::nInt) return std::to_string(compat::integerOf(v));
  // JSON knows neither infinity nor NaN.
  const double number = compat::numberOf(v);
  return std::isfinite(number) ? nix::fmt("%1%", number) : "null";
}

std::string CxxEvaluation::string(Value &value) {
  compat::Context context;
  std::string text = compat::coerceToString(state, position, native(value), context);
  return compat::realised(state, std::move(text), context);
}

std::string CxxEvaluation::localFile(Value &path) {
  return compat::readableFile(state, position, compat::pathOf(state, position, native(path)));
}

std::string CxxEvaluation::readableFile(const std::string &path) {
  return restrictsPaths() ? compat::readableFile(state, position, compat::pathOf(state, path)) : path;
}

void CxxEvaluation::eachAttribute(
    Value &attributes, const std::function<void(std::string_view, Value &)> &visit) {
  for (const nix::Attr &attribute : compat::attributesOf(native(attributes)))
    visit(compat::nameOf(state, attribute), opaque(*attribute.value));
}

void CxxEvaluation::eachElement(Value &list, const std::function<void(Value &)> &visit) {
  for (nix::Value *element : compat::elementsOf(native(list))) visit(opaque(*element));
}

bool CxxEvaluation::restrictsPaths() {
  return compat::settingsOf(state).pureEval || compat::settingsOf(state).restrictEval;
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

bool CxxEvaluation::substitute(const std::string &path) {
  if (!nix::settings.useSubstitutes || nix::settings.substituters.get().empty()) return false;
  const HurriedTransfers hurried;
  try {
    state.store->ensurePath(parseStorePath(path));
    return true;
  } catch (nix::Interrupted &) {
    throw;
  } catch (nix::Error &) {
    return false; // no cache has it, or none answers: the model's own source is asked next
  }
}

void CxxEvaluation::allowPath(const std::string &path) {
  if (!restrictsPaths()) return;
  if (state.store->isStorePath(path))
    state.allowPath(state.store->parseStorePath(path));
  else
    compat::allowPath(state, nix::canonPath(path, true));
}

std::string CxxEvaluation::realPath(const std::string &path) {
  return compat::realPath(*state.store, path);
}

} // namespace ai_models

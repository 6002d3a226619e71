// Walks the argument of builtins.fetchModel and writes it as JSON. It judges no attribute: names and
// types are the core's business, which answers the same in every host.

#include "spec-json.h"

#include "failure.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace ai_models {

namespace {

/** Levels of sets and lists. A spec has fewer than ten; a set that contains itself has no end. */
constexpr unsigned MAX_DEPTH = 64;
/** Bytes of JSON. A lock of 100,000 files has about 20 MB; shared values can multiply without end. */
constexpr size_t MAX_BYTES = size_t(256) << 20;

std::string readLock(const std::string &file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) {
    const std::string why = std::strerror(errno);
    throw Failure("LOCK_INVALID", "The file that `lock` names cannot be read: " + why, {file, {}, {}, {}});
  }
  return text;
}

class SpecWriter {
public:
  explicit SpecWriter(Evaluation &evaluation) : evaluation(evaluation) {}

  SpecText write(Value &argument) {
    const Kind kind = evaluation.force(argument);
    if (kind == Kind::path || kind == Kind::function || kind == Kind::other)
      throw Failure("SPEC_INVALID", "builtins.fetchModel takes an attribute set");
    out.reserve(1024);
    node(argument, kind, 0);
    return {std::move(out), std::move(description)};
  }

private:
  Evaluation &evaluation;
  std::string out;
  PlainAttributes description;
  /** Names of the attributes from the argument down to the value in hand. */
  std::vector<std::string_view> where;

  void node(Value &value, Kind kind, unsigned depth) {
    if (depth > MAX_DEPTH || out.size() > MAX_BYTES)
      throw Failure("SPEC_INVALID", attribute() + " is nested too deeply or too large");
    evaluation.checkInterrupt();
    switch (kind) {
    case Kind::null: out += "null"; break;
    case Kind::boolean:
    case Kind::integer:
    case Kind::number: out += evaluation.scalar(value); break;
    case Kind::string: string(value); break;
    case Kind::path: path(value); break;
    case Kind::list: list(value, depth); break;
    case Kind::attributes: attributes(value, depth); break;
    case Kind::function:
      throw Failure("SPEC_INVALID", attribute() + " is a function, which no spec holds");
    case Kind::other:
      throw Failure("SPEC_INVALID", attribute() + " has a type that no spec holds");
    }
  }

  void list(Value &value, unsigned depth) {
    out += '[';
    bool first = true;
    evaluation.eachElement(value, [&](Value &element) {
      if (!first) out += ',';
      first = false;
      node(element, evaluation.force(element), depth + 1);
    });
    out += ']';
  }

  void attributes(Value &value, unsigned depth) {
    out += '{';
    bool first = true;
    evaluation.eachAttribute(value, [&](std::string_view name, Value &member) {
      if (depth == 0 && (name == "meta" || name == "version"))
        description.emplace_back(name, Plain{Borrowed{&member}});
      // `meta` may hold functions and be costly to evaluate.
      if (depth == 0 && name == "meta") return;
      where.push_back(name);
      if (!first) out += ',';
      quote(name);
      out += ':';
      first = false;
      node(member, evaluation.force(member), depth + 1);
      where.pop_back();
    });
    out += '}';
  }

  void string(Value &value) {
    const std::string text = evaluation.string(value);
    if (isLock() && text.rfind('/', 0) == 0) return lockFile(value);
    quote(text);
  }

  void path(Value &value) {
    if (isLock()) return lockFile(value);
    throw Failure("SPEC_INVALID", attribute() + " is a path, where only `lock` may be one");
  }

  void lockFile(Value &path) {
    const std::string text = readLock(evaluation.localFile(path));
    if (!nlohmann::json::accept(text))
      throw Failure("LOCK_INVALID", "The file that `lock` names is not JSON");
    out += text;
  }

  /** Appends a JSON string. Bytes that are no UTF-8 stay as they are: the core judges them. */
  void quote(std::string_view text) {
    out += '"';
    size_t written = 0;
    for (size_t index = 0; index < text.size(); index++) {
      const auto byte = static_cast<unsigned char>(text[index]);
      if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
      out.append(text, written, index - written);
      escape(byte);
      written = index + 1;
    }
    out.append(text, written);
    out += '"';
  }

  void escape(unsigned char byte) {
    static constexpr char digits[] = "0123456789abcdef";
    if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += '\\';
      out += static_cast<char>(byte);
    }
  }

  bool isLock() const { return where.size() == 1 && where.front() == "lock"; }

  std::string attribute() const {
    std::string name = "The argument";
    for (size_t index = 0; index < where.size() && index < 4; index++)
      name = (index == 0 ? "`" : name + ".").append(where[index]);
    if (where.size() > 4) name += ".…";
    return where.empty() ? name : name + "`";
  }
};

} // namespace

SpecText specToJson(Evaluation &evaluation, Value &argument) {
  return SpecWriter(evaluation).write(argument);
}

} // namespace ai_models

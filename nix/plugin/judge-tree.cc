// Lists the directory, links as links; the core judges the list.

#include "judge-tree.h"

#include "failure-json.h"
#include "wasm-core.h"

#include <algorithm>
#include <filesystem>
#include <map>

namespace ai_models {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string below(const std::string &directory, const std::string &name) {
  if (directory.empty()) return name;
  return directory + (directory.back() == '/' ? "" : "/") + name;
}

/** An absolute link that stays inside is told as a relative one. */
std::string targetOf(const Tree &tree, const std::string &path) {
  std::error_code unreadable;
  const fs::path target = fs::read_symlink(below(tree.directory, path), unreadable);
  const std::string text = target.string();
  if (text != tree.path && text.rfind(below(tree.path, ""), 0) != 0) return text;
  return target.lexically_relative(fs::path(below(tree.path, path)).parent_path()).string();
}

/** What cannot be read is left out: find-files.cc reports it. */
void listInto(Json &entries, const Tree &tree, const std::string &directory) {
  std::error_code unreadable;
  std::vector<fs::directory_entry> found;
  for (auto entry = fs::directory_iterator(below(tree.directory, directory), unreadable);
       !unreadable && entry != fs::directory_iterator(); entry.increment(unreadable))
    found.push_back(*entry);
  std::sort(found.begin(), found.end());
  for (const fs::directory_entry &entry : found) {
    const std::string path = below(directory, entry.path().filename().string());
    std::error_code vanished;
    const fs::file_type type = entry.symlink_status(vanished).type();
    if (type == fs::file_type::symlink)
      entries.push_back({{"path", path}, {"type", "symlink"}, {"target", targetOf(tree, path)}});
    else if (type == fs::file_type::regular)
      entries.push_back({{"path", path}, {"type", "file"}});
    else if (type == fs::file_type::directory) {
      entries.push_back({{"path", path}, {"type", "directory"}});
      listInto(entries, tree, path);
    }
  }
}

Json emptyReport(const std::string &path, const std::string &format) {
  return {{"path", path}, {"format", format}, {"verdict", "clean"}, {"size", 0},
          {"members", 0}, {"pickles", 0},     {"opcodes", 0},       {"findings", Json::array()}};
}

/** A finding in a file's report; what it answers is settled. */
void addFinding(Json &report, const Json &finding) {
  Json kept = Json::array();
  for (const Json &other : report.at("findings"))
    if (textAt(other, "rule") != textAt(finding, "answers") || other.contains("member")) kept.push_back(other);
  kept.push_back({{"rule", finding.at("rule")},
                  {"severity", finding.at("severity")},
                  {"offset", 0},
                  {"explanation", finding.at("explanation")},
                  {"remedy", finding.at("remedy")}});
  report["findings"] = std::move(kept);
}

} // namespace

void judgeTree(Json &reports, const Tree &tree) {
  Json entries = Json::array();
  listInto(entries, tree, "");
  std::map<std::string, size_t> rows;
  for (size_t index = 0; index < reports.size(); index++) rows[textAt(reports[index], "path")] = index;
  std::map<std::string, std::string> types;
  for (Json &entry : entries) {
    if (tree.ownLinks && entry["type"] == "symlink") entry["type"] = "file";
    types[textAt(entry, "path")] = textAt(entry, "type");
    const auto row = rows.find(below(tree.name, textAt(entry, "path")));
    if (row == rows.end()) continue;
    for (const char *member : {"format", "needs"})
      if (reports[row->second].contains(member)) entry[member] = reports[row->second][member];
  }
  // A name need not be UTF-8, which JSON is.
  const std::string list = entries.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (const Json &finding : Json::parse(scanTree(list))) {
    const std::string path = below(tree.name, textAt(finding, "path"));
    const auto [row, isNew] = rows.emplace(path, reports.size());
    if (isNew) {
      const auto type = types.find(textAt(finding, "path"));
      reports.push_back(emptyReport(path, type == types.end() ? "directory" : type->second));
    }
    addFinding(reports[row->second], finding);
  }
}

} // namespace ai_models

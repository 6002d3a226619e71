// Reads as much of a file as the core asks for and hands it over; the core judges it. A file of any size
// costs the bytes that describe its tensors. What has one header at its beginning is read here, the rest by
// pull-machine.cc.

#include "model-header.h"

#include "failure-json.h"
#include "local-file.h"
#include "pull-machine.h"
#include "wasm-core.h"

#include <algorithm>
#include <cstring>

namespace ai_models {

namespace {

using Json = nlohmann::json;

/** One read for nearly every safetensors header. */
constexpr uint64_t FIRST_READ_BYTES = 64 << 10;
/** Each further read of a GGUF header goes to this many times the bytes at hand. */
constexpr uint64_t GROWTH = 4;
/** Of the length that stands before a safetensors header. */
constexpr size_t LENGTH_BYTES = 8;

/** Makes `start` the first `end` bytes of the file. */
void readOn(const LocalFile &file, std::string &start, uint64_t end) {
  const size_t have = start.size();
  start.resize(std::min(end, file.size));
  if (start.size() > have) file.read(have, start.data() + have, start.size() - have);
}

bool endsWith(const std::string &text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/** A length that fits into the file and a JSON object behind it: no other known format begins so. */
bool looksLikeSafetensors(const std::string &start, uint64_t size) {
  if (start.size() <= LENGTH_BYTES) return false;
  uint64_t length;
  std::memcpy(&length, start.data(), sizeof length);
  const size_t first = start.find_first_not_of(" \t\r\n", LENGTH_BYTES);
  return length >= 2 && length <= size - LENGTH_BYTES && first < LENGTH_BYTES + 32 && start[first] == '{';
}

/** In the words of the command line, which has them from two formats. */
void renameOffsets(Json &tensor) {
  const auto from = tensor["offsets"][0].get<uint64_t>();
  tensor["offset"] = from;
  tensor["bytes"] = tensor["offsets"][1].get<uint64_t>() - from;
  tensor.erase("offsets");
}

Json readSafetensors(const LocalFile &file, std::string start, Detail detail) {
  const uint64_t wanted = safetensorsSize(start, file.size, file.path);
  readOn(file, start, wanted);
  Json found = Json::parse(inspectSafetensors(start, file.size, detail, file.path));
  found["bytes"] = found["dataSize"];
  found["headerBytes"] = wanted;
  found["trailing"] = 0;
  if (detail == Detail::tensors)
    for (Json &tensor : found["tensors"]) renameOffsets(tensor);
  return found;
}

Json readGguf(const LocalFile &file, std::string start, Detail detail) {
  for (;;) {
    const uint64_t wanted = ggufSize(start, file.size, file.path);
    if (wanted <= start.size()) break;
    readOn(file, start, std::max<uint64_t>(wanted, start.size() * GROWTH));
  }
  Json found = Json::parse(inspectGguf(start, file.size, detail, file.path));
  found["headerBytes"] = found["dataStart"];
  return found;
}

/** A row for each element type, as the core's totals have it. */
Json sumByType(const Json &tensors) {
  Json rows = Json::array();
  for (const Json &tensor : tensors) {
    auto row = std::find_if(rows.begin(), rows.end(), [&](const Json &other) { return other["dtype"] == tensor["dtype"]; });
    if (row == rows.end()) {
      rows.push_back({{"dtype", tensor["dtype"]}, {"tensors", 0}, {"parameters", 0}, {"bytes", 0}});
      row = rows.end() - 1;
    }
    uint64_t elements = 1;
    for (const Json &size : tensor["shape"]) elements *= size.get<uint64_t>();
    (*row)["tensors"] = (*row)["tensors"].get<uint64_t>() + 1;
    (*row)["parameters"] = (*row)["parameters"].get<uint64_t>() + elements;
    (*row)["bytes"] = (*row)["bytes"].get<uint64_t>() + tensor["bytes"].get<uint64_t>();
  }
  return rows;
}

Json readHeader(const std::string &path, Detail detail, const std::function<void()> &tick) {
  const LocalFile file(path);
  std::string start;
  readOn(file, start, FIRST_READ_BYTES);
  if (start.compare(0, 4, "GGUF") == 0 || endsWith(path, ".gguf")) return readGguf(file, std::move(start), detail);
  if (looksLikeSafetensors(start, file.size) || endsWith(path, ".safetensors"))
    return readSafetensors(file, std::move(start), detail);
  Json found = Json::parse(inspectFile(file, tick));
  if (detail == Detail::totals) found["dtypes"] = sumByType(found["tensors"]);
  return found;
}

} // namespace

Json readModelTotals(const std::string &path, const std::function<void()> &tick) {
  return readHeader(path, Detail::totals, tick);
}
Json readModelHeader(const std::string &path, const std::function<void()> &tick) {
  return readHeader(path, Detail::tensors, tick);
}

} // namespace ai_models

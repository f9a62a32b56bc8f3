// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/predicted_file.hpp"

#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "hairpin/caller/topology_file.hpp"

namespace hairpin {
namespace {
std::string path_in(const std::string& bundle) { return bundle + "/predicted.json"; }
constexpr std::size_t kMostBytes = 64 << 20;
}  // namespace

Result<> write_predicted(const std::string& bundle, const std::vector<PredictedPath>& predicted) {
  if (predicted.empty()) return {};
  std::ofstream file(path_in(bundle), std::ios::binary);
  file << boost::json::serialize(to_json(predicted)) << '\n';
  file.close();
  if (!file) return last_system_error("write " + path_in(bundle));
  return {};
}

Result<std::vector<PredictedPath>> read_predicted(const std::string& bundle) {
  std::error_code ignored;
  if (!std::filesystem::exists(path_in(bundle), ignored)) return std::vector<PredictedPath>();
  const auto text = read_file(path_in(bundle), kMostBytes);
  if (!text) return text.error();
  const auto document = parse_json(*text, path_in(bundle));
  if (!document) return document.error();
  return from_json<std::vector<PredictedPath>>(*document, "predicted");
}

}  // namespace hairpin

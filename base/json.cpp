// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <fmt/format.h>

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

namespace hairpin {

Result<boost::json::value> parse_json(std::string_view text, const std::string& what) {
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::json::parser parser({}, options);
  boost::system::error_code error;
  const auto used = parser.write(boost::json::string_view(text.data(), text.size()), error);
  if (error)
    return Error{error, fmt::format("read {} as JSON at byte {}", what, used),
                 "the file may be truncated or not be JSON"};
  return parser.release();
}

std::optional<Endpoint> JsonText<Endpoint>::read(std::string_view text) {
  constexpr std::string_view kNoPort = ":0";
  if (!text.ends_with(kNoPort)) return parse_endpoint(text);
  auto endpoint = parse_endpoint(std::string(text.substr(0, text.size() - kNoPort.size())) + ":1");
  if (endpoint) endpoint->port = 0;
  return endpoint;
}

std::optional<ClientRandom> JsonText<ClientRandom>::read(std::string_view text) {
  ClientRandom random;
  if (!parse_hex(text, random.bytes.data(), random.bytes.size())) return {};
  return random;
}

namespace json_detail {
namespace {
std::string place(const std::string& path) { return path.empty() ? "the top level" : path; }
}  // namespace

Error wrong_type(const std::string& path, const char* wanted, const boost::json::value& got) {
  auto shown = boost::json::serialize(got);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return refusal(fmt::format("read {}: it must be {}, not {}", place(path), wanted, shown));
}

Error missing_key(const std::string& path, const char* key) {
  return refusal(fmt::format("read {}: the key \"{}\" is missing", place(path), key));
}

Error unknown_key(const std::string& path, std::string_view key) {
  return refusal(fmt::format("read {}: the key \"{}\" is not known", place(path), key.substr(0, 60)));
}

std::string child(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string child(const std::string& path, std::size_t index) { return fmt::format("{}[{}]", path, index); }

}  // namespace json_detail
}  // namespace hairpin

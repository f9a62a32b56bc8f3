// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "reports/indented.hpp"
#include "reports/report.hpp"

namespace hairpin::reports {
namespace {

namespace json = boost::json;

/// Boost.JSON escapes C0; DEL, C1 and bidirectional controls are escaped as well, because `--json` reaches
/// terminals.
std::string in_json(std::string_view text) {
  const auto plain = valid_utf8(json::serialize(json::value(text)));
  std::string result;
  for (std::size_t at = 0; at < plain.size();) {
    std::size_t end = at + 1;
    while (end < plain.size() && (static_cast<unsigned char>(plain[end]) & 0xc0U) == 0x80U) ++end;
    const auto safe = printable(std::string_view(plain).substr(at, end - at));
    if (safe.starts_with("\\x"))
      result += "\\u00" + safe.substr(2);
    else
      result += safe;
    at = end;
  }
  return result;
}

void write(std::string& out, const json::value& value, std::size_t indent);

void write_object(std::string& out, const json::object& object, std::size_t indent) {
  const std::string margin(indent + 2, ' ');
  const char* separator = "{\n";
  for (const auto& pair : object) {
    out += separator + margin + in_json(pair.key()) + ": ";
    write(out, pair.value(), indent + 2);
    separator = ",\n";
  }
  out += object.empty() ? "{}" : "\n" + std::string(indent, ' ') + "}";
}

void write_array(std::string& out, const json::array& array, std::size_t indent) {
  const std::string margin(indent + 2, ' ');
  const char* separator = "[\n";
  for (const auto& element : array) {
    out += separator + margin;
    write(out, element, indent + 2);
    separator = ",\n";
  }
  out += array.empty() ? "[]" : "\n" + std::string(indent, ' ') + "]";
}

void write(std::string& out, const json::value& value, std::size_t indent) {
  if (value.is_object()) return write_object(out, value.get_object(), indent);
  if (value.is_array()) return write_array(out, value.get_array(), indent);
  if (value.is_string())
    out += in_json(value.get_string());
  else if (value.is_double())
    out += fmt::format("{}", value.get_double());  // Boost.JSON writes 7.2 as 7.2E0
  else
    out += json::serialize(value);
}

}  // namespace

std::string indented(const json::value& value) {
  std::string out;
  write(out, value, 0);
  return out + "\n";
}

std::string json(const Run& run) { return indented(to_json_document(run)); }

}  // namespace hairpin::reports

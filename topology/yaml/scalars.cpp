// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/scalars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace hairpin::yaml {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool consists_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || more.find(c) != more.npos; });
}

bool is_scalar(const Value& node, std::size_t most_bytes) {
  return node.kind == Kind::scalar && !node.text.empty() && node.text.size() <= most_bytes;
}

template <class Number>
std::optional<Number> whole_number(std::string_view digits) {
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  return value;
}

bool is_dns_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && consists_of(label, "-_") && label.front() != '-' &&
         label.back() != '-';
}

}  // namespace

bool is_dns_name(std::string_view name) {
  if (name.size() > 253) return false;
  while (true) {
    const auto dot = name.find('.');
    if (!is_dns_label(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_alphanumeric(text.front()) && consists_of(text, "._-");
}

std::optional<std::string> read_name(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar && is_name(node.text)) return node.text;
  reading.wrong(node, path, "letters, digits, \".\", \"_\" and \"-\"", "at most 63, a letter or digit first");
  return {};
}

std::optional<std::string> read_text(const Value& node, const std::string& path, Reading& reading) {
  if (is_scalar(node, 500) && printable(node.text) == node.text) return node.text;
  reading.wrong(node, path, "one line of text", "at most 500 bytes, without control characters");
  return {};
}

std::optional<std::string> read_fqdn(const Value& node, const std::string& path, Reading& reading) {
  const bool is_address = node.kind == Kind::scalar && parse_address(node.text);
  if (node.kind == Kind::scalar && is_dns_name(node.text) && !is_address) return node.text;
  reading.wrong(node, path, "a DNS name such as pool01.example.com",
                is_address ? "leave it out: an address is no server name (RFC 6066 §3)" : "");
  return {};
}

std::optional<std::string> read_request_path(const Value& node, const std::string& path, Reading& reading) {
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
  if (is_scalar(node, 2000) && node.text.front() == '/' &&
      std::all_of(node.text.begin(), node.text.end(), is_visible))
    return node.text;
  reading.wrong(node, path, "a path that begins with \"/\"", "encode spaces and other characters as %20");
  return {};
}

std::optional<std::string> read_field_name(const Value& node, const std::string& path, Reading& reading) {
  constexpr std::string_view kOurs[] = {"host", "connection", "content-length", "content-type", "transfer-encoding", "user-agent", "hairpin-trip"};
  std::string lower = node.text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const bool is_ours = std::find(std::begin(kOurs), std::end(kOurs), lower) != std::end(kOurs);
  if (is_scalar(node, 64) && !is_ours && consists_of(node.text, "!#$%&'*+-.^_`|~")) return node.text;
  reading.wrong(node, path, "the name of a header field", is_ours ? "the probe needs that one itself" : "such as X-Client-Subject");
  return {};
}

std::optional<std::string> read_f5_path(const Value& node, const std::string& path, Reading& reading) {
  const bool is_path = is_scalar(node, 255) && node.text.front() == '/' && node.text.size() > 1;
  if (is_path && consists_of(node.text, "/._:-")) return node.text;
  reading.wrong(node, path, "a full path such as /Common/pool01_444", "letters, digits and /._:- only");
  return {};
}

std::optional<bool> read_bool(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar && !node.is_quoted && (node.text == "true" || node.text == "false"))
    return node.text == "true";
  reading.wrong(node, path, "true or false", node.is_quoted ? "write it without quotes" : "");
  return {};
}

std::optional<std::uint16_t> read_port(const Value& node, const std::string& path, Reading& reading) {
  const bool is_plain = node.kind == Kind::scalar && !node.is_quoted && !node.text.starts_with('0');
  if (is_plain)
    if (const auto port = parse_port(node.text)) return port;
  reading.wrong(node, path, "a port, 1 to 65535", node.is_quoted ? "write it without quotes" : "");
  return {};
}

std::optional<std::chrono::milliseconds> read_duration(const Value& node, const std::string& path,
                                                       Reading& reading) {
  using namespace std::chrono;
  constexpr Choice<milliseconds> kUnits[] = {{"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}};
  constexpr auto kLongest = hours(24);
  const auto unit_at = static_cast<std::size_t>(
      std::find_if_not(node.text.begin(), node.text.end(), is_digit) - node.text.begin());
  const auto number = whole_number<std::uint32_t>(std::string_view(node.text).substr(0, unit_at));
  const auto unit = std::string_view(node.text).substr(unit_at);
  for (const auto& [word, length] : kUnits)
    if (node.kind == Kind::scalar && number && *number > 0 && unit == word && *number <= kLongest / length)
      return length * *number;
  reading.wrong(node, path, "a duration such as 30s",
                "a whole number and ms, s, m or h, without a space; at most 24h");
  return {};
}

std::optional<std::chrono::sys_days> read_date(const Value& node, const std::string& path, Reading& reading) {
  using namespace std::chrono;
  const std::string_view text = node.text;
  if (node.kind == Kind::scalar && text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const auto y = whole_number<std::uint16_t>(text.substr(0, 4));
    const auto m = whole_number<std::uint8_t>(text.substr(5, 2)),
               d = whole_number<std::uint8_t>(text.substr(8, 2));
    if (y && m && d)
      if (const year_month_day date{year(*y), month(*m), day(*d)}; date.ok()) return sys_days(date);
  }
  reading.wrong(node, path, "a date such as 2027-01-31");
  return {};
}

std::optional<std::string> read_ssh(const Value& node, const std::string& path, Reading& reading) {
  constexpr std::string_view kScheme = "ssh:";
  std::string_view rest = node.text;
  if (node.kind == Kind::scalar && rest.starts_with(kScheme) && rest.size() <= 255) {
    rest.remove_prefix(kScheme.size());
    const auto at = rest.find('@');
    const auto user = at == rest.npos ? "" : rest.substr(0, at);
    const auto host = at == rest.npos ? rest : rest.substr(at + 1);
    // A word that begins with "-" would be an option of ssh.
    const bool is_user =
        at == rest.npos || (!user.empty() && consists_of(user, "._-") && user.front() != '-');
    if (is_user && !host.empty() && consists_of(host, "._:-") && host.front() != '-')
      return std::string(rest);
  }
  reading.wrong(node, path, "ssh:HOST or ssh:USER@HOST", "ports and keys belong in ~/.ssh/config");
  return {};
}

}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/spelling.hpp"
#include "topology/model.hpp"
#include "topology/yaml/reading.hpp"
#include "topology/yaml/words.hpp"

/// Readers of single values: all take (node, path, reading), return nothing when they reported a problem.
namespace hairpin::yaml {

std::optional<std::string> read_name(const Value& node, const std::string& path, Reading& reading);
std::optional<std::string> read_text(const Value& node, const std::string& path,
                                     Reading& reading);  ///< one line
std::optional<std::string> read_fqdn(const Value& node, const std::string& path, Reading& reading);
std::optional<std::string> read_request_path(const Value& node, const std::string& path, Reading& reading);
/// A token of RFC 9110 §5.6.2 that the probe does not send for another purpose.
std::optional<std::string> read_field_name(const Value& node, const std::string& path, Reading& reading);
std::optional<std::string> read_f5_path(const Value& node, const std::string& path, Reading& reading);
std::optional<bool> read_bool(const Value& node, const std::string& path, Reading& reading);
std::optional<std::uint16_t> read_port(const Value& node, const std::string& path, Reading& reading);
std::optional<std::chrono::milliseconds> read_duration(const Value& node, const std::string& path,
                                                       Reading& reading);
std::optional<std::chrono::sys_days> read_date(const Value& node, const std::string& path, Reading& reading);
std::optional<IpAddress> read_address(const Value& node, const std::string& path, Reading& reading);
std::optional<Prefix> read_prefix(const Value& node, const std::string& path, Reading& reading);
std::optional<MacAddress> read_mac(const Value& node, const std::string& path, Reading& reading);
std::optional<AgentAddress> read_agent(const Value& node, const std::string& path, Reading& reading);
/// "ssh:USER@HOST" without the scheme, fit for an argument vector.
std::optional<std::string> read_ssh(const Value& node, const std::string& path, Reading& reading);

/// Labels of letters, digits, `-` and `_`, at most 253 bytes.
bool is_dns_name(std::string_view text);
/// Letters, digits, `.` `_` `-`, beginning with a letter or digit, at most 63: fit for file names, ids and
/// reports.
bool is_name(std::string_view text);

/// One spelling of an enumerator.
template <class T>
struct Choice {
  std::string_view word;
  T value;
};

template <class T, std::size_t N>
std::optional<T> read_choice(const Value& node, const std::string& path, const Choice<T> (&choices)[N],
                             Reading& reading) {
  std::vector<std::string_view> words;
  for (const auto& choice : choices) {
    if (node.kind == Kind::scalar && node.text == choice.word) return choice.value;
    words.push_back(choice.word);
  }
  reading.wrong(node, path, either(words), did_you_mean(node.text, words));
  return {};
}

}  // namespace hairpin::yaml

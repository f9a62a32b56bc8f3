// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::array<Text, 4> kTrue = {"enabled", "yes", "true", "enable"};
constexpr std::array<Text, 5> kFalse = {"disabled", "no", "false", "disable", "none"};

}  // namespace

Value<bool> Reading::truth(const Node& node) {
  const auto word = node.word(1);
  if (word.empty() || std::ranges::find(kTrue, word) != kTrue.end()) return {true, origin(node)};
  if (std::ranges::find(kFalse, word) == kFalse.end()) odd(node);
  return {false, origin(node)};
}

Value<std::uint64_t> Reading::number(const Node& node) {
  const auto word = node.word(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool is_number = error == std::errc() && end == word.data() + word.size() && !word.empty();
  if (!is_number && std::ranges::find(kFalse, word) == kFalse.end()) odd(node);
  return {is_number ? value : 0, origin(node)};
}

Value<Switch> Reading::toggle(const Node& node) {
  if (node.word(1) == "default" || node.word(1) == "auto") return {Switch::by_default, origin(node)};
  const auto is_on = truth(node);
  return {is_on.value ? Switch::enabled : Switch::disabled, is_on.origin};
}

Reference Reading::reference(Text key, Text kind, Text word, const Node& at) {
  if (word.empty() || word == "none") return {Name(), origin(at)};
  const auto name = config_.full_name(word);
  config_.references.push_back({&object_, key, kind, name, origin(at)});
  return {name, origin(at)};
}

void Reading::references(std::vector<Reference>& list, Text kind, const Node& node) {
  if (!node.is_block()) {
    for (std::size_t i = 1; i < node.words.size() && !node.words[i].starts_with('#'); ++i)
      if (node.words[i] != "none") list.push_back(reference(node.key(), kind, node.words[i], node));
    return;
  }
  for (const auto& child : node.block)
    if (child.kind != NodeKind::comment) list.push_back(reference(node.key(), kind, child.key(), child));
}

std::optional<RoutedPrefix> Reading::prefix(Text word, const Node& at) {
  const auto written = parse_written_address(word);
  if (!written) {
    if (word != "none") odd(at);
    return {};
  }
  const std::uint8_t host = written->address.family == Family::ipv4 ? 32 : 128;
  return RoutedPrefix{network_of(written->address, written->length.value_or(host)), route_domain(written->route_domain)};
}

std::optional<RoutedAddress> Reading::address(Text word, const Node& at) {
  const auto written = parse_written_address(word);
  if (!written) {
    if (word != "none") odd(at);
    return {};
  }
  return RoutedAddress{written->address, route_domain(written->route_domain)};
}

void Reading::odd(const Node& node) {
  note(node, fmt::format("the value of {} is not understood", shown(node.key())));  // who knows what it is: not shown
}

void Reading::note(const Node& node, const std::string& what) {
  constexpr std::size_t kMostNotices = 1000;  // the rest says nothing new
  if (config_.notices.size() >= kMostNotices) return;
  config_.notices.push_back({origin(node), fmt::format("{} {}: {}", object_.kind, shown(object_.name), what)});
}

void count_unknown_key(Reading& reading, const Node& node) {
  NotUnderstood::count(reading.config().not_understood.keys,
                       fmt::format("{}: {}", reading.object().kind, shown(node.key().substr(0, 100))), reading.origin(node));
}

void read_monitors(Reading& reading, std::vector<Reference>& monitors, const Node& node) {
  if (node.is_block()) return reading.references(monitors, kMonitorKind, node);  // min 2 of { a b }
  for (std::size_t i = 1; i < node.words.size() && !node.words[i].starts_with('#'); ++i)
    if (const auto word = node.words[i]; word != "and" && word != "none" && word != "default" && word != "all")
      monitors.push_back(reading.reference(node.key(), kMonitorKind, word, node));
}

void read_vlans(Reading& reading, VlanScope& scope, const Node& node) {
  if (node.key() == "vlans-enabled")
    scope.is_only_listed = {true, reading.origin(node)};
  else if (node.key() == "vlans-disabled")
    scope.is_only_listed = {false, reading.origin(node)};
  else
    reading.references(scope.vlans, kVlanKind, node);
}

Value<SourcePort> source_port(Reading& reading, const Node& node) {
  const auto word = node.word(1);
  if (word == "change") return {SourcePort::change, reading.origin(node)};
  if (word == "preserve-strict") return {SourcePort::preserve_strict, reading.origin(node)};
  if (word != "preserve") reading.odd(node);
  return {SourcePort::preserve, reading.origin(node)};
}

Value<SnatSetting> legacy_snat(Reading& reading, const Node& node) {
  const auto word = node.word(1);
  if (word == "none") return {{}, reading.origin(node)};
  if (word == "automap") return {{SnatType::automap, {}}, reading.origin(node)};
  return {{SnatType::pool, reading.reference(node.key(), kSnatPoolKind, word, node).value}, reading.origin(node)};
}

}  // namespace hairpin::f5

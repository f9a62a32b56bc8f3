// SPDX-License-Identifier: Apache-2.0
#include "topology/host/counters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace hairpin::host {
namespace {

/// The pieces of `text` between any of `separators`; empty ones are left out.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> pieces;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return pieces;
    text.remove_prefix(begin);
    const auto piece = text.substr(0, text.find_first_of(separators));
    pieces.push_back(piece);
    text.remove_prefix(piece.size());
  }
}

std::vector<std::string_view> lines_of(std::string_view text) { return split(text, "\n"); }
std::vector<std::string_view> words_of(std::string_view line) { return split(line, " \t"); }

std::optional<std::uint64_t> number_from(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

Counters parse_paired_lines(std::string_view text) {
  Counters counters;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
    const auto names = words_of(lines[i]);
    const auto values = words_of(lines[i + 1]);
    if (names.empty() || names.size() != values.size() || names[0] != values[0] || !names[0].ends_with(':'))
      continue;
    const std::string group(names[0].substr(0, names[0].size() - 1));
    for (std::size_t column = 1; column < names.size(); ++column)
      if (const auto value = number_from(values[column]))
        counters[group + std::string(names[column])] = *value;
  }
  return counters;
}

Counters parse_named_lines(std::string_view text) {
  Counters counters;
  for (const auto line : lines_of(text)) {
    const auto words = words_of(line);
    if (words.size() != 2) continue;
    if (const auto value = number_from(words[1])) counters[std::string(words[0])] = *value;
  }
  return counters;
}

Counters parse_route_cache(std::string_view text) {
  const auto lines = lines_of(text);
  if (lines.empty()) return {};
  const auto names = words_of(lines.front());
  const auto found = std::find(names.begin(), names.end(), "in_martian_src");
  if (found == names.end()) return {};
  const auto column = static_cast<std::size_t>(found - names.begin());
  std::uint64_t sum = 0;
  for (std::size_t cpu = 1; cpu < lines.size(); ++cpu) {
    const auto values = words_of(lines[cpu]);
    if (column < values.size()) sum += number_from(values[column], 16).value_or(0);
  }
  return {{"martian_source", sum}};
}

}  // namespace hairpin::host

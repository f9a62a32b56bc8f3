// SPDX-License-Identifier: Apache-2.0
#include "base/spelling.hpp"

#include <algorithm>
#include <vector>

namespace hairpin {
namespace {

bool is_same(char left, char right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return lower(left) == lower(right);
}

/// Optimal string alignment: Levenshtein's edits and the swap of two neighbours.
std::size_t edits_between(std::string_view left, std::string_view right) {
  const std::size_t columns = right.size() + 1;
  std::vector<std::size_t> before_last(columns), last(columns), current(columns);
  for (std::size_t column = 0; column < columns; ++column) last[column] = column;
  for (std::size_t row = 1; row <= left.size(); ++row) {
    current[0] = row;
    for (std::size_t column = 1; column < columns; ++column) {
      const std::size_t replaced = is_same(left[row - 1], right[column - 1]) ? 0 : 1;
      auto& best = current[column];
      best = std::min({last[column] + 1, current[column - 1] + 1, last[column - 1] + replaced});
      const bool is_swap = row > 1 && column > 1 && is_same(left[row - 1], right[column - 2]) &&
                           is_same(left[row - 2], right[column - 1]);
      if (is_swap) best = std::min(best, before_last[column - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last.back();
}

}  // namespace

std::string_view nearest_spelling(std::string_view written, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestWord = 128;  // of a hostile file: the time is quadratic
  if (written.empty() || written.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t fewest = kLongestWord;
  for (const auto word : known) {
    const auto most = std::max<std::size_t>(1, word.size() / 3);
    const auto longer = std::max(word.size(), written.size());
    if (longer - std::min(word.size(), written.size()) > most) continue;
    const auto edits = edits_between(written, word);
    // A word of which every letter was replaced is no misspelling, however short it is.
    if (edits > most || edits >= fewest || edits == longer) continue;
    fewest = edits;
    best = word;
  }
  return best;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
  const auto nearest = nearest_spelling(written, known);
  return nearest.empty() ? std::string{} : "did you mean \"" + std::string(nearest) + "\"?";
}

}  // namespace hairpin

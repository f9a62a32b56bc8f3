// SPDX-License-Identifier: Apache-2.0
#include "base/spelling.hpp"

#include <algorithm>
#include <vector>

namespace hairpin {
namespace {

/// Optimal string alignment: Levenshtein's edits and the swap of two neighbours.
std::size_t edits_between(std::string_view left, std::string_view right) {
  const std::size_t columns = right.size() + 1;
  std::vector<std::size_t> table((left.size() + 1) * columns);
  const auto at = [&](std::size_t row, std::size_t column) -> std::size_t& {
    return table[row * columns + column];
  };
  for (std::size_t row = 0; row <= left.size(); ++row) at(row, 0) = row;
  for (std::size_t column = 0; column <= right.size(); ++column) at(0, column) = column;
  for (std::size_t row = 1; row <= left.size(); ++row) {
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const bool is_same = left[row - 1] == right[column - 1];
      auto& best = at(row, column);
      best = std::min({at(row - 1, column) + 1, at(row, column - 1) + 1,
                       at(row - 1, column - 1) + (is_same ? 0 : 1)});
      const bool is_swap =
          row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
      if (is_swap) best = std::min(best, at(row - 2, column - 2) + 1);
    }
  }
  return at(left.size(), right.size());
}

}  // namespace

std::string_view nearest_spelling(std::string_view written, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestWord = 128;  // of a hostile file: the table is quadratic
  if (written.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t fewest = kLongestWord;
  for (const auto word : known) {
    const auto edits = edits_between(written, word);
    if (edits > std::max<std::size_t>(1, word.size() / 3) || edits >= fewest) continue;
    fewest = edits;
    best = word;
  }
  return best;
}

}  // namespace hairpin

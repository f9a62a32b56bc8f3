// SPDX-License-Identifier: Apache-2.0
#include "reports/quoted_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hairpin::reports {
namespace {

constexpr std::size_t kMostSources = 3, kMostMembers = 4;  // of one line

/// What one source reached, in both families together.
struct Reached {
  std::string source;
  std::vector<std::string> members;
  std::uint64_t answered = 0, attempts = 0;
};

std::vector<Reached> reached_by_source(const std::vector<QuotedPair>& pairs) {
  std::vector<Reached> all;
  for (const auto& pair : pairs) {
    auto one = std::ranges::find(all, pair.source, &Reached::source);
    if (one == all.end()) one = all.insert(one, Reached{pair.source, {}, 0, 0});
    if (!pair.member.empty() && std::ranges::find(one->members, pair.member) == one->members.end())
      one->members.push_back(pair.member);
    one->answered += pair.count;
    one->attempts += pair.attempts;
  }
  return all;
}

/// "a, b, and 3 more"
std::string listed(const std::vector<std::string>& names, std::size_t most) {
  const auto shown = std::min(names.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return shown < names.size() ? text + fmt::format(", and {} more", names.size() - shown) : text;
}

}  // namespace

std::string who(const QuotedPair& pair) {
  return pair.member.empty() ? pair.source : pair.source + " → " + pair.member;
}

std::string failures(const QuotedPair& pair) {
  const auto* how = pair.count < pair.attempts ? "intermittent" : pair.attempts > 1 ? "confirmed" : "seen once";
  return fmt::format("{} of {} failed, {}", pair.count, pair.attempts, how);
}

std::string works(const Diagnosis& diagnosis) {
  const auto all = reached_by_source(diagnosis.working);
  const auto shown = std::min(all.size(), kMostSources);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = all[i];
    text += (i == 0 ? "" : "; ") + one.source + (one.members.empty() ? "" : " → " + listed(one.members, kMostMembers)) +
            fmt::format(" ({} of {})", one.answered, one.attempts);
  }
  return shown < all.size() ? text + fmt::format("; and {} more sources", all.size() - shown) : text;
}

bool has_repeat(const Diagnosis& diagnosis) {
  return std::ranges::any_of(diagnosis.failing, [](const QuotedPair& pair) { return !pair.repeat.empty(); });
}

void write_repeat(Page& page, std::size_t indent, const Diagnosis& diagnosis, std::size_t most_pairs) {
  std::size_t shown = 0, left_out = 0;
  for (const auto& pair : diagnosis.failing) {
    if (pair.repeat.empty()) continue;
    if (shown == most_pairs) {
      ++left_out;
      continue;
    }
    ++shown;
    page.verbatim(indent, {}, fmt::format("on {}{}:", pair.source, pair.member.empty() ? "" : ", for " + who(pair)));
    for (const auto& line : pair.repeat) page.verbatim(indent + 2, {}, line);
  }
  if (left_out > 0) page.verbatim(indent, {}, fmt::format("... and for {} more pairs, in run.json", left_out));
}

}  // namespace hairpin::reports

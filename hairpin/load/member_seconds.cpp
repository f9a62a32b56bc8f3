// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/member_seconds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace hairpin {
namespace {

using Seconds = std::chrono::seconds;

/// More members than these do not fit beside the rest of a line.
constexpr std::size_t kMostShown = 4;

/// What a member says may be anything: no number of it leads beyond the type.
std::uint64_t grown(double before, double after) {
  constexpr double kMost = 9e18;
  return static_cast<std::uint64_t>(std::clamp(std::round(after) - std::round(before), 0.0, kMost));
}

}  // namespace

MemberSeconds::Moment MemberSeconds::between(const Moment& before, const Moment& after, nanoseconds at) {
  const auto whole = static_cast<double>((after.at - before.at).count());
  const double share = whole > 0 ? static_cast<double>((at - before.at).count()) / whole : 1;
  const auto part = [share](double from, double to) { return from + share * (to - from); };
  return {at, part(before.connections, after.connections), part(before.answered, after.answered), part(before.body_bytes, after.body_bytes),
          part(before.open, after.open)};
}

void MemberSeconds::put(nanoseconds since_start, const LoadCounts& counts) {
  const Moment now{since_start, static_cast<double>(counts.of_loads()), static_cast<double>(counts.answered), static_cast<double>(counts.body_bytes),
                   static_cast<double>(counts.open)};
  while (Seconds(ends_.size()) <= since_start) ends_.push_back(between(last_.value_or(now), now, Seconds(ends_.size())));
  last_ = now;
}

ServedSecond MemberSeconds::second(std::uint32_t number) const {
  ServedSecond served;
  served.second = number;
  if (number >= ends_.size()) return served;
  const auto& begin = ends_[number];
  const auto& end = number + 1 < ends_.size() ? ends_[number + 1] : *last_;
  served.connections = grown(begin.connections, end.connections);
  served.answered = grown(begin.answered, end.answered);
  served.body_bytes = grown(begin.body_bytes, end.body_bytes);
  served.open = grown(0, end.open);
  return served;
}

std::vector<ServedSecond> MemberSeconds::all() const {
  std::vector<ServedSecond> seconds;
  for (std::uint32_t number = 0; number < ends_.size(); ++number) seconds.push_back(second(number));
  return seconds;
}

std::string shares_text(const std::vector<MemberShare>& shares) {
  double sum = 0;
  for (const auto& share : shares) sum += static_cast<double>(share.completed);
  if (sum == 0) return {};
  const auto text_of = [sum](const MemberShare& share) {
    return fmt::format("{} {:.0f} %", printable(share.member), 100 * static_cast<double>(share.completed) / sum);
  };
  const auto by_share = [](const MemberShare& one, const MemberShare& other) { return one.completed < other.completed; };
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end(), by_share);
  if (shares.size() > kMostShown) return fmt::format("{} members, {} to {}", shares.size(), text_of(*least), text_of(*most));
  std::string text;
  for (const auto& share : shares) text += (text.empty() ? "" : ", ") + text_of(share);
  return text;
}

}  // namespace hairpin

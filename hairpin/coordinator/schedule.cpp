// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/schedule.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>

namespace hairpin {
namespace {

bool is_of(const PlannedSource& source, const ProbeObservation& probe) {
  return !probe.idled && !probe.question && probe.host == source.source && probe.target.member.empty() && probe.target.endpoint == source.vip &&
         probe.target.virtual_server == source.virtual_server && probe.target.pool == source.pool;
}

bool is_of(const PlannedDirect& direct, const ProbeObservation& probe) {
  return !probe.question && probe.host == direct.source && probe.target.member == direct.member &&
         probe.target.endpoint == direct.endpoint && probe.target.virtual_server == direct.virtual_server &&
         probe.target.pool == direct.pool;
}

bool is_of(const PlannedIdle& idle, const Plan& plan, const ProbeObservation& probe) {
  auto asked = probe;
  asked.idled.reset();
  return probe.idled && is_of(plan.sources[idle.source], asked);
}

/// Why a source goes on, and with how many attempts.
struct Need {
  std::uint32_t coverage = 0;    ///< for members not seen and pairs not settled
  std::uint32_t confirming = 0;  ///< for failing pairs that were not tried again later
  milliseconds hold{};           ///< of the attempts for coverage
};

bool has_answer(const PairTally& pair) {
  return std::any_of(pair.outcomes.begin(), pair.outcomes.end(), [](const auto& entry) { return !entry.first.has_failed(); });
}

bool has_answer(const SourceTally& seen) {
  return has_answer(seen.unattributed) ||
         std::any_of(seen.pairs.begin(), seen.pairs.end(), [](const auto& entry) { return has_answer(entry.second); });
}

/// A rotor that sources share may have locked this one to a member that refuses, and that nobody watches: the VIP
/// answered another source. Each attempt is to fail quickly, for looking further to be worth its time.
bool may_be_locked(const Plan& plan, const Tally& tally, std::size_t index) {
  const auto& planned = plan.sources[index];
  const auto& failed = tally.sources[index].unattributed.outcomes;
  if (std::any_of(failed.begin(), failed.end(), [](const auto& entry) { return entry.first.end == End::silent; })) return false;
  for (std::size_t other = 0; other < plan.sources.size(); ++other)
    if (other != index && plan.sources[other].vip == planned.vip && has_answer(tally.sources[other])) return true;
  return false;
}

/// A source that saw no member at all is its own pair: the VIP is dead, or nobody can say where its trips go.
Need need_without_members(const PlannedSource& planned, const SourceTally& seen, bool is_locked) {
  Need need;
  const auto& all = seen.unattributed;
  if (has_answer(all) || (is_locked && seen.attempts < planned.attempt_budget))
    // By members that nobody names, or by one of several: as many as cover them all.
    need.coverage = planned.attempt_budget - std::min(planned.attempt_budget, seen.attempts);
  else if (!all.is_settled())
    need.coverage = std::min<std::uint32_t>(kEqualTrips, kMixedTrips - std::min(kMixedTrips, all.trips()));
  else if (all.needs_confirming() && seen.attempts < 2 * planned.attempt_budget)
    need.confirming = 1;
  return need;
}

std::uint32_t missing_trips(const PairTally& pair) {
  std::uint32_t most = 0;
  for (const auto& [outcome, count] : pair.outcomes) most = std::max(most, count);
  return pair.is_settled() ? 0 : kEqualTrips - most;
}

Need need_of(const Plan& plan, const Tally& tally, std::size_t index) {
  const auto& planned = plan.sources[index];
  const auto& seen = tally.sources[index];
  const auto members = static_cast<std::uint32_t>(planned.members.size());
  const std::uint32_t all = kEqualTrips * members;
  if (seen.attempts == 0) return {all, 0, {}};
  if (seen.pairs.empty()) return need_without_members(planned, seen, may_be_locked(plan, tally, index));
  Need need;
  std::uint32_t missing = 0;
  bool is_one_unseen = false;
  bool is_one_unconfirmed = false;
  for (const auto& member : planned.members) {
    const auto pair = seen.pairs.find(member);
    is_one_unseen |= pair == seen.pairs.end();
    if (pair == seen.pairs.end()) continue;
    missing = std::max(missing, missing_trips(pair->second));
    is_one_unconfirmed |= pair->second.needs_confirming();
  }
  const auto left = [&seen](std::uint32_t most) { return most - std::min(most, seen.attempts); };
  if (is_one_unseen) need.coverage = std::min(all, left(planned.attempt_budget));
  if (is_one_unseen && need.coverage == 0) {
    // Not chance, maybe least connections: as many as there are members, and all of them stay open.
    need.coverage = left(planned.attempt_budget + members);
    need.hold = kHold;
  }
  need.coverage = std::max(need.coverage, std::min(members * missing, left(planned.attempt_budget + all)));
  if (is_one_unconfirmed) need.confirming = std::min(members, left(2 * planned.attempt_budget + all));
  return need;
}

/// How long to wait until a trip of this source is kConfirmAfter later than the first failure of each pair.
milliseconds pause_before_confirming(const SourceTally& seen) {
  milliseconds pause{};
  const auto wait_for = [&](const PairTally& pair) {
    if (!pair.needs_confirming() || !seen.last_ended) return;
    const auto rest = *pair.first_failed + kConfirmAfter - *seen.last_ended;
    pause = std::max(pause, std::chrono::ceil<milliseconds>(rest));
  };
  for (const auto& [member, pair] : seen.pairs) wait_for(pair);
  wait_for(seen.unattributed);
  return pause;
}

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

/// One control trip each; a second one where the first failed.
std::vector<std::size_t> directs_of(const Plan& plan, const Tally& tally, const std::set<std::string>& able) {
  std::vector<std::size_t> wanted;
  for (std::size_t index = 0; index < plan.directs.size(); ++index) {
    const auto& seen = tally.directs[index];
    const bool is_done = seen.has_answered || seen.attempts >= 2;
    if (!is_done && able.contains(plan.directs[index].source)) wanted.push_back(index);
  }
  return wanted;
}

/// A second one where the first failed.
std::vector<std::size_t> idles_of(const Plan& plan, const Tally& tally, const std::set<std::string>& able) {
  std::vector<std::size_t> wanted;
  for (std::size_t index = 0; index < plan.idles.size(); ++index) {
    const auto& seen = tally.idles[index];
    const auto& source = plan.sources[plan.idles[index].source];
    const bool is_done = seen.has_answered || seen.attempts >= 2;
    if (!is_done && source.skip_reason.empty() && able.contains(source.source)) wanted.push_back(index);
  }
  return wanted;
}

std::optional<Round> last_round(const Plan& plan, const Tally& tally, const std::set<std::string>& able) {
  Round last;
  last.idles = idles_of(plan, tally, able);
  if (last.idles.empty()) return {};
  return last;
}

}  // namespace

Outcome outcome_of(const Trip& trip) {
  Outcome outcome{trip.probe->end, trip.third_address != nullptr, trip.came_back != nullptr};
  const bool is_shallow = trip.probe->depth == Depth::tcp;  // a proxy's handshake proves nothing of what is behind it
  if ((outcome.has_failed() || is_shallow) && (outcome.third_address || outcome.came_back)) outcome.end = End::decided;
  if (outcome.end == End::answered && !trip.is_answered()) outcome.end = End::closed;
  return outcome;
}

void PairTally::add(const Trip& trip) {
  const auto outcome = outcome_of(trip);
  ++outcomes[outcome];
  const auto started = trip.probe->started;
  if (outcome.has_failed() && (!first_failed || started < *first_failed)) first_failed = started;
  if (!last_tried || started > *last_tried) last_tried = started;
}

std::uint32_t PairTally::trips() const {
  std::uint32_t sum = 0;
  for (const auto& [outcome, count] : outcomes) sum += count;
  return sum;
}

bool PairTally::is_settled() const {
  const auto is_enough = [](const auto& entry) { return entry.second >= kEqualTrips; };
  return trips() >= kMixedTrips || std::any_of(outcomes.begin(), outcomes.end(), is_enough);
}

bool PairTally::needs_confirming() const {
  return first_failed && last_tried && *last_tried - *first_failed < kConfirmAfter;
}

Tally tally(const Plan& plan, const std::vector<Trip>& trips) {
  Tally result;
  result.sources.resize(plan.sources.size());
  result.directs.resize(plan.directs.size());
  result.idles.resize(plan.idles.size());
  for (const auto& trip : trips) {
    for (std::size_t index = 0; index < plan.sources.size(); ++index) {
      if (!is_of(plan.sources[index], *trip.probe)) continue;
      auto& seen = result.sources[index];
      ++seen.attempts;
      if (!seen.last_ended || trip.probe->ended > *seen.last_ended) seen.last_ended = trip.probe->ended;
      auto& pair = trip.member.empty() ? seen.unattributed : seen.pairs[trip.member];
      pair.add(trip);
    }
    for (std::size_t index = 0; index < plan.directs.size(); ++index) {
      if (!is_of(plan.directs[index], *trip.probe)) continue;
      ++result.directs[index].attempts;
      result.directs[index].has_answered |= trip.probe->end == End::answered;
    }
    for (std::size_t index = 0; index < plan.idles.size(); ++index) {
      if (!is_of(plan.idles[index], plan, *trip.probe)) continue;
      ++result.idles[index].attempts;
      result.idles[index].has_answered |= trip.is_answered();
    }
  }
  return result;
}

std::optional<Round> next_round(const Plan& plan, const Tally& tally, std::uint32_t number,
                                const std::set<std::string>& able, std::uint64_t seed) {
  if (number > kMostRounds) return last_round(plan, tally, able);
  Round covering;
  Round confirming;
  for (const auto index : shuffled(plan.sources.size(), seed + number)) {
    const auto& planned = plan.sources[index];
    if (!planned.skip_reason.empty() || planned.members.empty() || !able.contains(planned.source)) continue;
    const auto need = need_of(plan, tally, index);
    if (need.coverage > 0) covering.bursts.push_back({index, need.coverage, need.hold});
    if (need.confirming == 0) continue;
    confirming.bursts.push_back({index, need.confirming, {}});
    confirming.pause = std::max(confirming.pause, pause_before_confirming(tally.sources[index]));
  }
  covering.directs = directs_of(plan, tally, able);
  if (covering.bursts.empty() && confirming.bursts.empty() && covering.directs.empty())
    return last_round(plan, tally, able);
  if (covering.bursts.empty()) {
    confirming.is_exclusive = true;
    confirming.directs = std::move(covering.directs);
    return confirming;
  }
  // Beside each other first: quick, and enough for random choice. Alone next, which covers a shared rotor.
  // What is still open then is random or hidden, and costs least beside the others again.
  covering.is_exclusive = number == 2;
  return covering;
}

bool ends_early(std::span<const ProbeObservation> burst) {
  constexpr std::chrono::seconds kAllFailed{2};
  constexpr std::chrono::seconds kSomeFailed{4};
  std::size_t failed = 0;
  nanoseconds cost{};
  for (const auto& probe : burst) {
    if (probe.end == End::answered) continue;
    ++failed;
    cost += probe.ended - probe.started;
  }
  if (failed < kEqualTrips) return false;
  return cost > (failed == burst.size() ? kAllFailed : kSomeFailed);
}

namespace {
constexpr std::size_t kMostAboutTls = 60;  ///< connections to one VIP, whatever its size
}

std::size_t session_rounds(std::size_t members) { return std::min(members, std::max<std::size_t>(1, kMostAboutTls / (members + 1))); }

std::size_t sharing_rounds(std::size_t members, std::size_t sources) {
  return std::clamp<std::size_t>(kMostAboutTls / std::max<std::size_t>(1, sources), 1, members + 1);
}

milliseconds worst_case(const Plan& plan, milliseconds phase_limit) {
  std::uint64_t attempts = 0;
  for (const auto& source : plan.sources)
    if (source.skip_reason.empty())
      attempts += 2ULL * source.attempt_budget + kEqualTrips * source.members.size();
  attempts += 2 * plan.directs.size();
  milliseconds idle{};  // side by side, the second ones after the first
  for (const auto& planned : plan.idles) idle = std::max(idle, 2 * (planned.idle + phase_limit));
  return (phase_limit + kBetweenConnections) * static_cast<std::int64_t>(attempts) + idle +
         (kConfirmAfter + kHold) * static_cast<std::int64_t>(kMostRounds);
}

}  // namespace hairpin

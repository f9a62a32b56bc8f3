// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/balancer_view.hpp"
#include "checks/catalogue.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/tls/mutual.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "coverage";

/// The id of the finding that says why no trip got as far as a member; empty when there is none.
std::string explained_by_vip(const Case& c, const Pair& pair) {
  for (const auto* trip : pair.landless)
    if (is_before_member(root_cause(c, pair, *trip).cause)) return finding_id("reachability", pair.source_subject());
  const auto is_refused = std::any_of(pair.landless.begin(), pair.landless.end(), [](const Trip* trip) { return is_refused_for_certificate(*trip->probe); });
  return is_refused ? refusal_at_balancer(c, pair.source_subject()) : std::string();
}

/// The member is alive for others, and this source lands on one member every time: persistence, not absence.
bool looks_persistent(const std::vector<Pair>& pairs, const Pair& pair) {
  std::size_t members_seen = 0, attempts = 0;
  bool is_seen_by_others = false;
  for (const auto& other : pairs) {
    if (other.server != pair.server || other.trips.empty()) continue;
    if (other.planned == pair.planned) {
      ++members_seen;
      attempts += other.trips.size();
    }
    // A member's way to itself may not lead through the balancer at all (nPath): it proves nothing of the pool.
    is_seen_by_others |= other.planned->source != pair.member && other.planned != pair.planned && other.member == pair.member;
  }
  return members_seen == 1 && is_seen_by_others && pair.landless.empty() && attempts >= pair.planned->attempt_budget;
}

Finding not_seen(const Case& c, const std::vector<Pair>& pairs, const Pair& pair) {
  auto finding = finding_for(kId, pair.subject());
  const auto* record = kept_elsewhere(c, pair);
  set_cause(finding, record || looks_persistent(pairs, pair) ? "coverage.persistence" : "coverage.not-seen");
  std::size_t attempts = 0;
  for (const auto& trip : c.trips)
    if (belongs_to(trip, *pair.planned)) ++attempts;
  finding.attempts = static_cast<std::uint32_t>(attempts);
  finding.expected = fmt::format("at least one connection from {} on {}", pair.planned->source, pair.member);
  finding.observed = fmt::format("none of {} connections landed there", attempts);
  finding.summary = fmt::format("{} was never balanced to {}", pair.planned->source, pair.member);
  if (attempts == 0) {
    finding.reason = "this source made no connection";
    finding.next_step = "see the vantage finding of " + pair.planned->source;
  } else {
    finding.reason = attempts >= pair.planned->attempt_budget
                         ? fmt::format("{} attempts miss a live member with a probability below 0.1 %", attempts)
                         : fmt::format("only {} of {} attempts were made", attempts, pair.planned->attempt_budget);
    finding.next_step = fmt::format("check that {} is enabled in the pool, then run again", pair.member);
    if (finding.cause == "coverage.persistence")
      finding.next_step = "clear the persistence record, probe from more addresses, or declare `persistence: source`";
  }
  if (!pair.landless.empty())
    finding.next_step = fmt::format("run an agent on {} or on {}, so that it is seen where connections land", pair.member, pair.load_balancer());
  if (record)
    finding.reason += fmt::format("; {} has a persistence record that keeps {} on {}", pair.load_balancer(), to_string(record->source), to_string(record->member));
  if (const auto words = words_about_member(c, pair); !words.empty()) finding.reason += "; " + words;
  if (!pair.landless.empty())
    finding.reason += fmt::format("; {} connections landed nowhere that was seen", pair.landless.size());
  return finding;
}

/// The source was seen on another member than this one.
bool was_seen_elsewhere(const std::vector<Pair>& pairs, const Pair& pair) {
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const Pair& other) { return other.planned == pair.planned && !other.trips.empty(); });
}

/// Why a pair need not be seen although nothing excludes it: the topology promises less than every pair.
std::string sufficient_elsewhere(const std::vector<Pair>& pairs, const Pair& pair) {
  const auto was_seen = [&](auto&& is_alike) {
    return std::any_of(pairs.begin(), pairs.end(), [&](const Pair& other) {
      return other.server == pair.server && !other.trips.empty() && is_alike(other);
    });
  };
  if (pair.server->coverage == Coverage::one_per_source &&
      was_seen([&](const Pair& other) { return other.planned == pair.planned; }))
    return "the source was seen on another member, and persistence keeps it there";
  if (pair.server->coverage == Coverage::each_member &&
      was_seen([&](const Pair& other) { return other.member == pair.member; }))
    return "another source was seen on this member, which is all that `coverage: each_member` asks";
  return {};
}

/// What may be the balancer's monitor is no sight of this source.
bool is_seen(const Pair& pair) {
  return std::any_of(pair.trips.begin(), pair.trips.end(), [](const Trip* trip) { return !trip->may_be_monitors; });
}

Finding judge_pair(const Case& c, const std::vector<Pair>& pairs, const Pair& pair) {
  if (!pair.skip_reason.empty()) return skip(kId, pair.subject(), pair.skip_reason);
  if (is_seen(pair)) {
    auto finding = finding_for(kId, pair.subject());
    finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
    finding.expected = "at least one connection";
    finding.observed = fmt::format("{} connections, known by {}", pair.trips.size(), name(pair.trips.front()->member_match));
    finding.summary = fmt::format("{} was seen on {}", pair.planned->source, pair.member);
    return finding;
  }
  if (const auto reason = sufficient_elsewhere(pairs, pair); !reason.empty()) return skip(kId, pair.subject(), reason);
  const auto explanation = explained_by_vip(c, pair);
  if (!explanation.empty())
    return skip(kId, pair.subject(),
                was_seen_elsewhere(pairs, pair) ? "the connections that failed at the VIP may have been balanced to it"
                                                : "no connection got past the VIP",
                explanation);
  return not_seen(c, pairs, pair);
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  const auto pairs = pairs_of(c);
  for (const auto& pair : pairs) findings.push_back(judge_pair(c, pairs, pair));
  return findings;
}

}  // namespace

const Check coverage{
    .id = kId,
    .claim = "Every source was seen on every member, itself included",
    .source = "design: the fault depends on (source, member)",
    .needs = "responder or capture at the member, or a capture at the source",
    .explanation =
        "A source is probed until each member was seen three times with equal outcome, or until the number of attempts is "
        "spent that would miss a live member with a probability below 0.1 % (uniform choice; 11 for two members, 20 for "
        "three). A pair that was not seen is `inconclusive`, never silence. A source or pair is left out only by a reason "
        "in the topology, which gives `skip`.",
    .judge = judge};

}  // namespace hairpin::checks

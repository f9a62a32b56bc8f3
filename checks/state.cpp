// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/balancer_view.hpp"
#include "checks/catalogue.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "state";

/// Who the member says has asked it, with the port; absent: nobody beside the balancer saw it.
std::optional<Endpoint> asked_by(const Trip& trip) {
  if (trip.responder) return trip.responder->peer;
  const auto* leg = trip.member.empty() ? nullptr : trip.server_leg_at(trip.member);
  const auto* syn = leg ? leg->syn() : nullptr;
  return syn ? std::optional(syn->tuple.source) : std::nullopt;
}

/// In what the balancer's table contradicts what others saw of the same connection; empty: in nothing.
std::string contradiction(const Case& c, const Trip& trip) {
  const auto& entry = *trip.entry;
  if (!entry.member || !entry.as) return trip.responder ? fmt::format("{} says that it took the connection to no member, and {} answered it", entry.host, trip.member) : "";
  const bool is_rewritten = entry.member->address != entry.virtual_server.address;  // else the VIP goes on to the member: nPath
  if (is_rewritten && trip.member_match != MatchKey::inferred && c.roster.name_of(entry.member->address) != trip.member)
    return fmt::format("{} says that it took the connection to {}, and it was seen at {}", entry.host, to_string(*entry.member), trip.member);
  const auto seen = asked_by(trip);
  if (seen && *seen != *entry.as)
    return fmt::format("{} says that it asked {} as {}, and {} was asked by {}", entry.host, trip.member, to_string(*entry.as), trip.member, to_string(*seen));
  return {};
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  const auto& balancer = pair.load_balancer();
  finding.expected = fmt::format("the connection table of {} has the tuples that the ends saw", balancer);
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  std::size_t shown = 0, differing = 0;
  for (const auto* trip : pair.trips) {
    if (!trip->entry) continue;
    if (shown++ == 0) finding.evidence.push_back(entry_evidence(*trip->entry));
    const auto why = contradiction(c, *trip);
    if (why.empty() || differing++ > 0) continue;
    set_cause(finding, "state.differs-from-observed");
    finding.reason = why;
    finding.evidence = {entry_evidence(*trip->entry)};
  }
  const auto who = fmt::format("{} → {}", pair.planned->source, pair.member);
  finding.observed = fmt::format("{} of {} connections in the table{}", shown, pair.trips.size(), differing > 0 ? fmt::format(", {} of them differ", differing) : "");
  if (differing > 0) {
    finding.failed = static_cast<std::uint32_t>(differing);
    finding.summary = fmt::format("{}: {}", who, finding.reason);
    finding.next_step = fmt::format("see whether a NAT between {} and {} changes addresses, and whether this is the unit that has the connection", balancer, pair.member);
  } else if (shown == 0) {
    finding.verdict = Verdict::info;
    finding.summary = fmt::format("{}: {} was asked, and its table showed none of these connections; that says nothing", who, balancer);
  } else {
    finding.summary = fmt::format("{}: {} says the same as the ends", who, balancer);
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c)) {
    const auto* facts = facts_of_balancer(c, pair.load_balancer());
    if (facts && facts->answered > 0) findings.push_back(judge_pair(c, pair));
  }
  return findings;
}

}  // namespace

const Check state{
    .id = kId,
    .claim = "The load balancer's own connection table says the same as the ends",
    .source = "topology: state; tmsh show sys connection",
    .needs = "a load balancer that is asked (`state`), and a responder or a capture at the member",
    .explanation =
        "While the run probes, the load balancer is asked for the connections of the run's sources. An entry whose client side is "
        "the tuple of a trip, and whose last packet is not older than that trip, is evidence of its own: it names the member, and the address "
        "under which the member was asked, for the checks `return-path`, `snat` and `coverage`. Where the member's own capture or responder says something "
        "else, neither is believed: `inconclusive`, with both. A connection that the table does not show says nothing: "
        "it may have ended before the table was read. Without `state` there are no findings.",
    .judge = judge};

}  // namespace hairpin::checks

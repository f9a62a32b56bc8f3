// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/cause/reset_reason.hpp"
#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "reset";

/// A RST of this trip that its sender's own capture saw leaving.
const PacketObservation* sent_reset(const Trip& trip) {
  for (const auto* legs : {&trip.server_leg, &trip.client_leg})
    for (const auto& leg : *legs)
      if (const auto* reset = made_reset(trip, leg.flow->host)) return reset;
  return nullptr;
}

/// A RST of which another check says what it means; what the balancer says of it is quoted here too.
Finding judged_elsewhere(const Pair& pair, const Trip& trip, std::string_view cause) {
  auto finding = skip(kId, pair.subject(), "the RST is judged elsewhere", finding_of(cause, pair));
  if (const auto* reset = reset_from_vip(trip); reset && reset->reset_cause)
    finding.observed = with_reason("RST from " + to_string(reset->tuple.source), *reset);
  return finding;
}

/// A RST that follows from another fault is a symptom: named, and explained.
Finding symptom(const Pair& pair, const PacketObservation& reset, std::string_view cause) {
  auto finding = skip(kId, pair.subject(), "the RST follows from another fault", finding_of(cause, pair));
  finding.observed = with_reason(fmt::format("RST sent by {}", reset.host), reset);
  finding.summary = fmt::format("RST sent by {}: explained by {}", reset.host, cause);
  finding.evidence.push_back(packet_evidence(reset, MatchKey::none));
  return finding;
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  finding.expected = "no RST before the answer";
  std::optional<Finding> explained;
  std::size_t failed = 0, unresolved = 0;
  for (const auto* trip : pair.trips) {
    const auto root = root_cause(c, pair, *trip);
    if (root.is_unresolved) ++unresolved;
    if (root.cause.starts_with("reset.")) {
      if (failed++ > 0) continue;
      set_cause(finding, root.cause);
      finding.observed = root.observed;
      finding.summary = root.summary;
      finding.evidence = root.evidence;
    } else if (!root.cause.empty() && root.cause != "path.loss") {
      if (const auto* reset = sent_reset(*trip); reset && !explained) explained = symptom(pair, *reset, root.cause);
      if (!explained && trip->probe->end == End::reset)
        explained = judged_elsewhere(pair, *trip, root.cause);
    }
  }
  if (failed > 0) {
    set_attempts(finding, pair.trips.size(), failed);
    return finding;
  }
  if (explained) return *explained;
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  if (unresolved > 0)
    return skip(kId, pair.subject(), "the connection's end is not known", finding_id("reachability", pair.subject()));
  finding.observed = "none";
  finding.summary = fmt::format("{} → {}: no connection was reset", pair.planned->source, pair.member);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c)) findings.push_back(judge_pair(c, pair));
  return findings;
}

}  // namespace

const Check reset{
    .id = kId,
    .claim = "No connection is reset before its answer",
    .source = "RFC 9293 §3.5.2",
    .needs = "captures at the ends; the sender of a RST is whoever's own capture saw it leave",
    .explanation =
        "A RST is attributed to the host whose own capture saw it leave; a RST that no end sent was made by the load "
        "balancer, provided that the member's capture is reliable. A RST that follows from another fault – the caller's own "
        "kernel refusing a SYN-ACK from a third address, a member that refuses – is `skip` and names what explains it. A RST "
        "after the answer ends a connection that has served its purpose and is no fault. Where BIG-IP writes its reason into "
        "the RST (`tmsh modify sys db tm.rstcause.pkt value enable`) it is quoted; no verdict rests on it.",
    .judge = judge};

}  // namespace hairpin::checks

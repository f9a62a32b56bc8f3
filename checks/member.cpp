// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "member";

/// Answered connections of which nobody knows who answered: a stranger may stand behind the VIP.
Finding judge_source(const Case& c, const Pair& pair) {
  const auto subject = pair.source_subject();
  if (!pair.planned->skip_reason.empty()) return skip(kId, subject, pair.planned->skip_reason);
  const auto answered = std::count_if(c.trips.begin(), c.trips.end(), [&](const Trip& trip) {
    return belongs_to(trip, *pair.planned) && trip.is_answered();
  });
  const auto nameless = std::count_if(pair.landless.begin(), pair.landless.end(),
                                      [](const Trip* trip) { return trip->is_answered(); });
  if (answered == 0) return skip(kId, subject, "no connection was answered", finding_id("reachability", subject));
  auto finding = finding_for(kId, subject);
  finding.attempts = static_cast<std::uint32_t>(answered);
  finding.expected = "every answer comes from a member of the pool";
  finding.observed = fmt::format("{} of {} answers came from somebody known", answered - nameless, answered);
  finding.summary = fmt::format("{} knows who answered it", pair.planned->source);
  if (nameless == 0) return finding;
  finding.verdict = Verdict::inconclusive;
  finding.summary = fmt::format("{} of {} answers to {} came from nobody that hairpin knows", nameless, answered, pair.planned->source);
  finding.reason = "the answer names no member, and no capture saw where the connection went";
  finding.next_step = fmt::format("compare the pool's members on {} with the topology", pair.load_balancer());
  return finding;
}

/// Somebody at that host answered: our responder, or a SYN-ACK of its service.
bool was_answered_by(const Case& c, const Trip& trip, const std::string& host) {
  if (trip.responder && trip.responder->host == host) return true;
  if (trip.probe->answer && trip.probe->answer->name == host) return true;
  return std::any_of(trip.server_leg.begin(), trip.server_leg.end(), [&](const MatchedFlow& leg) {
    const auto* answer = leg.flow->syn_ack();
    if (!answer) return false;
    const auto& from = answer->tuple.source.address;  // a router that hands on the VIP's answer has not given it
    return c.roster.name_of(from) == host || to_string(from) == host;
  });
}

/// Trips of a source that landed on a host which the pool does not list: it answered, or is the source itself. What got no
/// answer there is judged by `reachability`.
void judge_foreigners(std::vector<Finding>& findings, const Case& c, const Pair& pair) {
  std::map<std::string, std::vector<const Trip*>> foreign;
  std::size_t attempts = 0;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    ++attempts;
    const bool is_foreign = !trip.member.empty() && !c.topology.is_member(*pair.pool, trip.member);
    const bool is_certain = trip.came_back || was_answered_by(c, trip, trip.member);
    if (is_foreign && is_certain) foreign[trip.member].push_back(&trip);
  }
  for (const auto& [host, trips] : foreign) {
    auto subject = pair.source_subject();
    subject.member = host;
    auto finding = finding_for(kId, subject);
    set_cause(finding, "member.foreign");
    set_attempts(finding, attempts, trips.size());
    finding.expected = "one of the pool's members";
    finding.observed = host;
    finding.summary = fmt::format("{} {}, which pool {} does not list", host,
                                  trips.front()->came_back ? "got its own connection back" : "answered", pair.planned->pool);
    finding.evidence.push_back(probe_evidence(*trips.front()->probe));
    findings.push_back(std::move(finding));
  }
}

/// A probe that asks for no name knows its member by what the captures joined without a doubt.
bool is_known_by_packets(const Trip& trip) {
  return trip.probe->depth < Depth::http && trip.member_match <= MatchKey::isn;
}

Finding judge_pair(const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  finding.expected = pair.member;
  std::size_t other_names = 0;
  const Trip* nameless = nullptr;
  for (const auto* trip : pair.trips) {
    if (!trip->is_answered()) continue;
    if (!trip->probe->answer && !is_known_by_packets(*trip)) {
      nameless = trip;
      continue;
    }
    ++finding.attempts;
    if (!trip->probe->answer || trip->probe->answer->name == pair.member) continue;
    if (other_names++ > 0) continue;
    set_cause(finding, "member.wrong-name");
    finding.observed = trip->probe->answer->name;
    finding.summary = fmt::format("{} calls itself {}", pair.member, trip->probe->answer->name);
    finding.evidence.push_back(probe_evidence(*trip->probe));
  }
  if (other_names > 0) {
    set_attempts(finding, finding.attempts, other_names);
  } else if (finding.attempts > 0 && !nameless) {
    finding.observed = pair.member;
    finding.summary = fmt::format("{} answered {} under its own name", pair.member, pair.planned->source);
  } else if (nameless) {
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("something else than a hairpin responder answered {}", pair.planned->source);
    finding.reason = "the answer does not name its member";
    finding.next_step = "stop the real service on " + pair.member + " while the test runs, or judge it by captures";
  } else {
    return skip(kId, pair.subject(), "no connection was answered", finding_id("reachability", pair.subject()));
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c)) {
    if (pair.is_first_of_source) {
      findings.push_back(judge_source(c, pair));
      judge_foreigners(findings, c, pair);
    }
    findings.push_back(judge_pair(pair));
  }
  return findings;
}

}  // namespace

const Check member{
    .id = kId,
    .claim = "Only the pool's members answer, each under its own name",
    .source = "topology: pools.members",
    .needs = "probe; the responder's answer",
    .explanation =
        "The host that answered is known by the trip id that it received, and by its address; where the real service listens "
        "(`probe: hello`) by the ISN or the ClientHello.random that captures saw at both ends. A host that the pool does not "
        "list and that answered, or got its own connection back, is `member.foreign`; one that gave no answer is judged by "
        "`reachability`; a responder that calls itself another name than the host behind that address is "
        "`member.wrong-name`.",
    .judge = judge};

}  // namespace hairpin::checks

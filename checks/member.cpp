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
    return belongs_to(trip, *pair.planned) && trip.probe->end == End::answered;
  });
  const auto nameless = std::count_if(pair.landless.begin(), pair.landless.end(),
                                      [](const Trip* trip) { return trip->probe->end == End::answered; });
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

/// Answered trips of a source that landed on a host which the pool does not list.
void judge_foreigners(std::vector<Finding>& findings, const Case& c, const Pair& pair) {
  std::map<std::string, std::vector<const Trip*>> foreign;
  std::size_t attempts = 0;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    ++attempts;
    if (!trip.member.empty() && !c.topology.is_member(*pair.pool, trip.member)) foreign[trip.member].push_back(&trip);
  }
  for (const auto& [host, trips] : foreign) {
    auto subject = pair.source_subject();
    subject.member = host;
    auto finding = finding_for(kId, subject);
    set_cause(finding, "member.foreign");
    set_attempts(finding, attempts, trips.size());
    finding.expected = "one of the pool's members";
    finding.observed = host;
    finding.summary = fmt::format("{} answered, which pool {} does not list", host, pair.planned->pool);
    finding.evidence.push_back(probe_evidence(*trips.front()->probe));
    findings.push_back(std::move(finding));
  }
}

Finding judge_pair(const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  finding.expected = pair.member;
  std::size_t other_names = 0;
  const Trip* nameless = nullptr;
  for (const auto* trip : pair.trips) {
    if (trip->probe->end != End::answered) continue;
    if (!trip->probe->answer) {
      nameless = trip;
      continue;
    }
    ++finding.attempts;
    if (trip->probe->answer->name == pair.member) continue;
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
  const PlannedSource* last = nullptr;
  for (const auto& pair : pairs_of(c)) {
    if (pair.planned != last) {
      findings.push_back(judge_source(c, pair));
      judge_foreigners(findings, c, pair);
    }
    last = pair.planned;
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
        "The host that answered is known by the trip id that it received, and by its address. A host that the pool does not "
        "list is `member.foreign`; a responder that calls itself another name than the host behind that address is "
        "`member.wrong-name`.",
    .judge = judge};

}  // namespace hairpin::checks

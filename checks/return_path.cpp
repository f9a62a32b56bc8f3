// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/cause/grade.hpp"
#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "return-path";

std::string expected_of(const Pair& pair) {
  const auto vip = to_string(pair.planned->vip);
  return pair.server->expect.return_path == ReturnPath::direct
             ? fmt::format("replies from {} directly, past {}", vip, pair.load_balancer())
             : fmt::format("SYN-ACK from {} through {}", vip, pair.load_balancer());
}

/// What the trips of one pair add up to.
struct Tally {
  std::size_t violated = 0, graded = 0;
  std::optional<Finding> first_violation;
  std::optional<Graded> worst;
  std::string explanation;  ///< id of the finding with another root cause
};

bool is_return_path_cause(std::string_view cause) { return cause.starts_with("return-path."); }

void add_violation(Tally& tally, const Pair& pair, std::string_view cause, std::string observed, std::string summary,
                   std::vector<Evidence> evidence) {
  ++tally.violated;
  if (tally.first_violation) return;
  auto finding = finding_for(kId, pair.subject());
  set_cause(finding, cause);
  finding.grade = Grade::violated;
  finding.observed = std::move(observed);
  if (!summary.empty()) finding.summary = std::move(summary);
  finding.evidence = std::move(evidence);
  tally.first_violation = std::move(finding);
}

void add_trip(Tally& tally, const Case& c, const Pair& pair, const Trip& trip) {
  auto root = root_cause(c, pair, trip);
  if (is_return_path_cause(root.cause)) {
    add_violation(tally, pair, root.cause, root.observed, root.summary, std::move(root.evidence));
    return;
  }
  auto graded = grade_return_path(c, pair, trip);
  if (graded.grade == Grade::violated) {
    add_violation(tally, pair, graded.cause, graded.observed, "", std::move(graded.evidence));
  } else if (graded.is_known) {
    ++tally.graded;
    if (!tally.worst || graded.grade > tally.worst->grade) tally.worst = std::move(graded);
  } else if (!root.cause.empty()) {
    tally.explanation = finding_of(root.cause, pair);
  }
}

Finding conclude(const Pair& pair, Tally tally) {
  if (tally.first_violation) {
    auto finding = std::move(*tally.first_violation);
    finding.expected = expected_of(pair);
    set_attempts(finding, pair.trips.size(), tally.violated);
    return finding;
  }
  auto finding = finding_for(kId, pair.subject());
  finding.expected = expected_of(pair);
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  if (tally.worst) {
    finding.grade = tally.worst->grade;
    finding.observed = tally.worst->observed;
    finding.evidence = tally.worst->evidence;
    finding.summary = fmt::format("{} → {} comes back the way it went out ({})", pair.planned->source, pair.member,
                                  boost::describe::enum_to_string(*finding.grade, ""));
    if (*finding.grade != Grade::asserted) return finding;
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("{} → {}: the reply has the right tuple, but its way is not known", pair.planned->source, pair.member);
    finding.reason = "the tuple alone cannot tell direct return from the way through the load balancer";
    finding.next_step = fmt::format("run an agent with capture on {} or {}", pair.member, pair.load_balancer());
    if (tally.worst->doubt.empty()) return finding;
    finding.reason = tally.worst->doubt;
    finding.next_step = fmt::format("see which device holds {} now, and what translates it on the way", to_string(pair.planned->vip));
    return finding;
  }
  if (!tally.explanation.empty()) {
    return skip(kId, pair.subject(), "no reply was seen that could be judged",
                tally.explanation);
  }
  finding.verdict = Verdict::inconclusive;
  finding.summary = fmt::format("{} → {}: no reply was seen", pair.planned->source, pair.member);
  finding.reason = "no reply was seen, and the evidence does not say why";
  finding.next_step = "run again; give the member a capture";
  return finding;
}

/// Nobody but the source looks: neither the balancer nor any other member of the pool has an agent or a capture.
bool is_one_sided(const Case& c, const Pair& pair) {
  const auto watches = [&](const std::string& name) {
    const auto* host = c.topology.host(name);
    return name != pair.planned->source && host && (host->agent || host->bigip_capture);
  };
  const auto& members = pair.pool->members;
  return !watches(pair.load_balancer()) && std::none_of(members.begin(), members.end(), watches);
}

/// What told the members of this source's answered connections apart. Many answers of one member, to which persistence
/// keeps this source, say nothing of the others.
struct MembersSeen {
  std::set<std::string> names, certificates;
  bool is_here = false, is_elsewhere = false;  ///< on the source itself, and not

  bool are_several() const { return names.size() > 1 || certificates.size() > 1 || (is_here && is_elsewhere); }
};

MembersSeen members_seen(const Case& c, const Pair& pair) {
  MembersSeen seen;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned) || !trip.is_answered()) continue;
    // By time and order alone, another connection of the balancer might be meant; and a proxy's old one shows no SYN again.
    const bool is_sure = !trip.member.empty() && trip.member_match != MatchKey::inferred;
    if (is_sure) seen.names.insert(trip.member);
    if (trip.probe->tls && !trip.probe->tls->peer_certificate_sha256.empty())
      seen.certificates.insert(trip.probe->tls->peer_certificate_sha256);
    seen.is_here |= is_sure && trip.member == pair.planned->source;
    seen.is_elsewhere |= trip.member.empty() && trip.ambiguities.empty() && c.sight.is_reliable(pair.planned->source);
  }
  return seen;
}

std::string one_side_doubt(const Case& c, const Pair& pair, const Finding& finding, std::size_t answered) {
  if (!c.sight.is_reliable(pair.planned->source)) return "this host's capture is missing or lost packets";
  if (answered < finding.attempts || answered < pair.planned->attempt_budget)
    return fmt::format("a live member may be missed: {} answered connections are needed", pair.planned->attempt_budget);
  std::vector<std::string_view> doubts;
  if (*finding.grade != Grade::consistent) doubts.push_back("the packets do not show by which router the replies came");
  if (pair.pool->members.size() > 1 && !members_seen(c, pair).are_several())
    doubts.push_back("nothing shows that more than one member answered: persistence may keep this source on one of them");
  return fmt::format("{}", fmt::join(doubts, "; "));
}

/// The trips of a source that nobody else saw: were all of them answered by the VIP itself, and by nobody else?
Finding judge_one_side(const Case& c, const std::vector<Pair>& pairs, const Pair& pair) {
  const auto subject = pair.source_subject();
  if (!pair.planned->skip_reason.empty()) return skip(kId, subject, pair.planned->skip_reason);
  for (const auto& other : pairs)
    for (const auto* trip : other.trips)
      if (other.planned == pair.planned && is_return_path_cause(root_cause(c, other, *trip).cause))
        return skip(kId, subject, "a pair of this source fails", finding_id(std::string(kId), other.subject()));
  auto finding = finding_for(kId, subject);
  finding.expected = expected_of(pair);
  finding.grade = Grade::consistent;
  std::size_t answered = 0;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    ++finding.attempts;
    if (!trip.is_answered()) continue;
    ++answered;
    finding.grade = std::max(*finding.grade, grade_at_source(c, pair, trip));
  }
  if (answered == 0) return skip(kId, subject, "no connection was answered", finding_id("reachability", subject));
  finding.observed = fmt::format("{} of {} connections were answered by the VIP, none by a third address", answered, finding.attempts);
  finding.summary = fmt::format("{}: {}", pair.planned->source, finding.observed);
  finding.reason = one_side_doubt(c, pair, finding, answered);
  if (finding.reason.empty()) return finding;
  finding.verdict = Verdict::inconclusive;
  finding.next_step = "run an agent on the members, or give the load balancer a capture";
  if (*finding.grade != Grade::consistent) finding.next_step += "; where it is the next hop, declare its self IPs";
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  const auto pairs = pairs_of(c);
  for (const auto& pair : pairs) {
    const bool is_new = pair.is_first_of_source && pair.server->expect.return_path == ReturnPath::through_load_balancer;
    if (is_new && is_one_sided(c, pair)) findings.push_back(judge_one_side(c, pairs, pair));
    if (auto left_out = not_judged(kId, pair)) {
      findings.push_back(std::move(*left_out));
    } else {
      Tally tally;
      for (const auto* trip : pair.trips) add_trip(tally, c, pair, *trip);
      findings.push_back(conclude(pair, std::move(tally)));
    }
  }
  return findings;
}

}  // namespace

const Check return_path{
    .id = kId,
    .claim = "Every connection comes back the way it went out",
    .source = "topology: expect.return_path; RFC 9293 §3.10.7.3 (why the third address is reset)",
    .needs = "captures at the source and the member; the balancer's capture makes it proven",
    .explanation =
        "Grades: `proven` – tuple, MAC and interface agree at each vantage, or the balancer's own capture saw both legs both "
        "ways, or its connection table counted packets of both ends; `consistent` – the tuple everywhere, and at one vantage a MAC, a SNAT address of the balancer seen by the "
        "member, or a destination that only the balancer can have translated back; `asserted` – the tuple only, which is "
        "`inconclusive`; `violated` – a SYN-ACK from a third address, the own SYN that came back, or a reply sent to a MAC "
        "that is not the balancer's and that the balancer, watching, did not get. A different router's MAC alone is no fault: "
        "gateways are groups of MACs. Equal MACs alone are no proof either, as a router in between has one for everybody behind "
        "it: they count where they are known to be the balancer's own, or where the member was addressed as itself, so that its "
        "reply had to be translated back into the VIP's. A member that was addressed as the VIP could have answered past the "
        "balancer. With `return_path: direct` the rule is inverted. Where nobody but "
        "the source looks, it is judged as a whole: it passes when as many connections as cover every member were all answered "
        "by the VIP itself, and something shows that more than one member answered: names, certificates, or connections that came "
        "to the source itself beside others. Otherwise persistence may have kept the source on one member.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/root_cause.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "reachability";

bool is_ours(std::string_view cause) {
  return cause.starts_with("vip.") || cause.starts_with("member.") || cause.starts_with("client-leg.") ||
         cause.starts_with("server-leg.");
}

std::string expected_of(const Pair& pair) {
  return fmt::format("an answer through {}", to_string(pair.planned->vip));
}

/// The direct control beside the VIP: it explains, it never judges.
void add_direct_control(const Case& c, const Pair& pair, Finding& finding) {
  for (const auto& trip : c.trips) {
    const bool is_control = trip.is_direct() && trip.probe->host == pair.planned->source &&
                            trip.probe->target.member == pair.member &&
                            trip.probe->target.virtual_server == pair.planned->virtual_server;
    if (!is_control) continue;
    finding.evidence.push_back(probe_evidence(*trip.probe));
    finding.evidence.back().text += "  (direct control, beside the VIP)";
    return;
  }
}

/// Trips that never got past the VIP have no member: one finding for the source.
struct AtVip {
  std::vector<RootCause> causes;
  std::vector<RootCause> unresolved;   ///< the evidence does not say why
  std::vector<RootCause> ambiguous;    ///< what the VIP did, where several members could have been behind it
};

AtVip at_vip(const Case& c, const Pair& pair) {
  AtVip result;
  for (const auto* trip : pair.landless) {
    auto root = root_cause(c, pair, *trip);
    if (root.is_good()) continue;
    if (!root.is_unresolved) {
      result.causes.push_back(std::move(root));
    } else if (trip->ambiguities.empty()) {
      result.unresolved.push_back(std::move(root));
    } else {
      result.ambiguous.push_back(cause_at_vip(c, pair, *trip));
    }
  }
  return result;
}

void fill(Finding& finding, const RootCause& root) {
  set_cause(finding, root.cause);
  finding.observed = root.observed;
  finding.summary = root.summary;
  finding.evidence = root.evidence;
}

/// The finding that says why a source's connections failed behind the VIP.
std::string explanation_behind_vip(const Case& c, const Pair& pair) {
  for (const auto& other : pairs_of(c)) {
    if (other.planned != pair.planned) continue;
    for (const auto* trip : other.trips)
      if (const auto root = root_cause(c, other, *trip); !root.cause.empty())
        return finding_id(check_of(root.cause), other.subject());
  }
  return {};
}

Finding unknown(Finding finding, std::string summary, std::string reason, std::string next_step) {
  finding.verdict = Verdict::inconclusive;
  finding.summary = std::move(summary);
  finding.reason = std::move(reason);
  finding.next_step = std::move(next_step);
  return finding;
}

/// Nothing failed at the VIP for certain: what is left are connections that nobody can explain, or nothing at all.
Finding judge_the_rest(const Case& c, const Pair& pair, Finding finding, AtVip vip, std::size_t attempts, std::size_t answered) {
  if (attempts == 0)
    return unknown(std::move(finding), "not known whether the VIP answers", "this source made no connection",
                   "see the vantage finding of this host");
  if (!vip.unresolved.empty())
    return unknown(std::move(finding),
                   fmt::format("{} of {} connections failed and the evidence does not say why", vip.unresolved.size(), attempts),
                   vip.unresolved.front().observed, "run again; look at the load balancer's own log");
  const auto explanation = explanation_behind_vip(c, pair);
  if (!vip.ambiguous.empty() && explanation.empty()) {
    const auto& first = vip.ambiguous.front();
    if (answered == 0 && first.cause == "vip.closed") {  // a full proxy's own act, whichever member it tried
      fill(finding, first);
      set_attempts(finding, attempts, vip.ambiguous.size());
      return finding;
    }
    return unknown(std::move(finding), fmt::format("{} of {} connections failed at a member that is not known", vip.ambiguous.size(), attempts),
                   "several connections to members were open at the same time", "run again");
  }
  if (answered == 0)  // each of them got past the VIP: the pairs say what became of them
    return skip(kId, pair.source_subject(), "no connection was answered, and each failed behind the VIP", explanation);
  finding.observed = fmt::format("{} of {} connections answered", answered, attempts);
  finding.summary = fmt::format("{} reaches {}", pair.planned->source, to_string(pair.planned->vip));
  return finding;
}

Finding judge_source(const Case& c, const Pair& pair) {
  auto finding = finding_for(kId, pair.source_subject());
  finding.expected = expected_of(pair);
  if (!pair.planned->skip_reason.empty()) return skip(kId, pair.source_subject(), pair.planned->skip_reason);
  auto vip = at_vip(c, pair);
  std::size_t attempts = 0, answered = 0;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    ++attempts;
    if (trip.probe->end == End::answered) ++answered;
  }
  finding.attempts = static_cast<std::uint32_t>(attempts);
  if (vip.causes.empty()) return judge_the_rest(c, pair, std::move(finding), std::move(vip), attempts, answered);
  fill(finding, vip.causes.front());
  set_attempts(finding, attempts, vip.causes.size());
  add_direct_control(c, pair, finding);
  return finding;
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  finding.expected = expected_of(pair);
  std::size_t failed = 0, answered = 0, unresolved = 0;
  std::string elsewhere;
  for (const auto* trip : pair.trips) {
    const auto root = root_cause(c, pair, *trip);
    if (root.is_good()) ++answered;
    if (root.is_unresolved) {
      ++unresolved;
      finding.reason = root.observed;
    }
    if (root.cause.empty()) continue;
    if (!is_ours(root.cause)) {
      elsewhere = root.cause;
    } else if (failed++ == 0) {
      fill(finding, root);
    }
  }
  if (failed > 0) {
    finding.reason.clear();
    set_attempts(finding, pair.trips.size(), failed);
    add_direct_control(c, pair, finding);
    return finding;
  }
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  if (!elsewhere.empty())
    return skip(kId, pair.subject(), "the connection fails for another reason",
                finding_id(check_of(elsewhere), pair.subject()));
  if (unresolved > 0) {
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("{} of {} connections failed and the evidence does not say why", unresolved, pair.trips.size());
    finding.next_step = "run again; give the load balancer or the member a capture";
    return finding;
  }
  finding.observed = fmt::format("{} of {} connections answered", answered, pair.trips.size());
  finding.summary = fmt::format("{} reaches {} through the VIP", pair.planned->source, pair.member);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  const PlannedSource* last = nullptr;
  for (const auto& pair : pairs_of(c)) {
    if (pair.planned != last) findings.push_back(judge_source(c, pair));
    last = pair.planned;
    findings.push_back(judge_pair(c, pair));
  }
  return findings;
}

}  // namespace

const Check reachability{
    .id = kId,
    .claim = "Every source gets an answer from every member through the VIP",
    .source = "topology: pools, sources",
    .needs = "probe; member and balancer captures tell refused, silent, filtered and lost apart",
    .explanation =
        "A connection that fails before a member is known is judged at the VIP: refused, silent, reset or closed. One that "
        "reached a member is judged there: a RST to the balancer's SYN is `member.refused`; a SYN that a reliable capture "
        "saw arrive and that was never answered is `member.silent`; a SYN that left the balancer and never arrived is "
        "`server-leg.filtered`. Where the return path or reverse path filtering is the cause, this check is `skip` and says "
        "which finding explains it. The direct control beside the VIP is quoted as evidence and never judged.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/cause/old_connection.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/tls/mode.hpp"
#include "checks/tls/mutual.hpp"

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

/// Every member refuses its port also beside the VIP: the service is down everywhere, or that is not its port.
std::string doubt_about_port(const Case& c, const Pair& pair) {
  std::size_t refused = 0;
  for (const auto& trip : c.trips) {
    const auto& probe = *trip.probe;
    if (!trip.is_direct() || probe.host != pair.planned->source || probe.target.virtual_server != pair.planned->virtual_server) continue;
    if (probe.end != End::refused) return {};
    ++refused;
  }
  return refused == 0 ? std::string()
                      : fmt::format("; asked directly every member refuses port {}: is that where the service listens (member_port)?",
                                    pair.server->member_port);
}

/// Trips that never got past the VIP, or that the balancer took to somebody whom nobody declared, have no member of the pool:
/// one finding for the source.
struct AtVip {
  std::vector<RootCause> causes;
  std::vector<RootCause> unresolved;   ///< the evidence does not say why
  std::vector<RootCause> ambiguous;    ///< what the VIP did, where several members could have been behind it
  std::size_t lost = 0;                ///< for want of packets on a path that loses them
  std::string stranger;                ///< where one of them went; empty: to nobody that is known
};

std::vector<const Trip*> without_member(const Case& c, const Pair& pair) {
  auto trips = pair.landless;
  for (const auto& trip : c.trips)
    if (belongs_to(trip, *pair.planned) && has_strayed(c, pair, trip)) trips.push_back(&trip);
  return trips;
}

AtVip at_vip(const Case& c, const Pair& pair) {
  AtVip result;
  for (const auto* trip : without_member(c, pair)) {
    auto root = root_cause(c, pair, *trip);
    if (root.is_good()) continue;
    if (has_strayed(c, pair, *trip)) result.stranger = trip->member;
    if (root.cause == "path.loss") {
      ++result.lost;
    } else if (!root.cause.empty() && !is_ours(root.cause)) {
      result.unresolved.push_back(unresolved(*trip, root.summary));  // member.foreign names who has it
    } else if (!root.is_unresolved) {
      result.causes.push_back(std::move(root));
    } else if (trip->ambiguities.empty() || trip->doubtful) {  // its return path may be what is wrong
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
        return finding_of(root.cause, other);
  }
  return {};
}

/// What a balancer that ends TLS does with a certificate is no answer about the path.
std::optional<Finding> judge_refusal(const Case& c, const Pair& pair, const AtVip& vip) {
  const auto is_refused = [](const Trip* trip) { return is_refused_for_certificate(*trip->probe); };
  if (vip.unresolved.empty() || !std::all_of(pair.landless.begin(), pair.landless.end(), is_refused)) return {};
  const auto subject = pair.source_subject();
  if (const auto explanation = refusal_at_balancer(c, subject); !explanation.empty())
    return skip(kId, subject, "the balancer ends TLS, and refuses this source's certificate", explanation);
  constexpr std::uint8_t kHandshakeFailure = 40;  // says nothing of certificates by itself
  if (!ends_at_balancer(pair.server->expect) || pair.landless.front()->probe->alert->code == kHandshakeFailure) return {};
  return unknown(finding_for(kId, subject), "the balancer ends TLS, and refuses the certificate that this source shows",
                 vip.unresolved.front().observed, "name one that it takes: hosts." + subject.source + ".tls");
}

/// Certificates were refused, at either end, because TLS ends elsewhere than promised: others meet than were meant to.
std::string unpromised_ending(const Case& c, const Pair& pair) {
  const auto is_refused = [](const Trip* trip) { return trip->probe->end == End::alert; };
  const bool are_all = !pair.landless.empty() && std::all_of(pair.landless.begin(), pair.landless.end(), is_refused);
  return are_all ? mode_difference(c, pair) : "";
}

/// How many of this source's answered connections an earlier one had delayed; empty: none.
std::string words_about_old_connections(const Case& c, const Pair& pair) {
  const auto is_delayed = [&](const Trip& trip) {
    return belongs_to(trip, *pair.planned) && has_succeeded(trip) && was_delayed_by_old_connection(trip);
  };
  const auto delayed = std::count_if(c.trips.begin(), c.trips.end(), is_delayed);
  return delayed == 0 ? std::string() : fmt::format("; {} of them when tried again: the first SYN was answered with an ACK that acknowledges nothing of it", delayed);
}

/// Nothing failed at the VIP for certain: what is left are connections that nobody can explain, or nothing at all.
Finding judge_the_rest(const Case& c, const Pair& pair, Finding finding, AtVip vip, std::size_t attempts, std::size_t answered) {
  if (attempts == 0)
    return unknown(std::move(finding), "not known whether the VIP answers", "this source made no connection",
                   "see the vantage finding of this host");
  if (const auto ending = vip.unresolved.empty() ? "" : unpromised_ending(c, pair); !ending.empty())
    return skip(kId, pair.source_subject(), "TLS ends elsewhere than promised, so other certificates meet", ending);
  if (auto refusal = judge_refusal(c, pair, vip)) return std::move(*refusal);
  if (!vip.unresolved.empty() && !vip.stranger.empty())
    return unknown(std::move(finding), fmt::format("{} of {} connections failed, and went to {}", vip.unresolved.size(), attempts, vip.stranger),
                   fmt::format("{} is not among the members of {}, and nobody watches there", vip.stranger, pair.pool->name),
                   fmt::format("compare the pool's members on {} with the topology", pair.load_balancer()));
  if (!vip.unresolved.empty())
    return unknown(std::move(finding),
                   fmt::format("{} of {} connections failed and the evidence does not say why", vip.unresolved.size(), attempts),
                   vip.unresolved.front().observed, "run again; look at the load balancer's own log");
  const auto explanation = explanation_behind_vip(c, pair);
  if (!vip.ambiguous.empty() && explanation.empty()) {
    const auto& first = vip.ambiguous.front();
    const bool is_vips_own = first.cause == "vip.closed" || first.cause == "vip.no-member-available";
    if (answered == 0 && is_vips_own) {  // a full proxy's own act, whichever member it tried or its monitor visited
      fill(finding, first);
      set_attempts(finding, attempts, vip.ambiguous.size());
      return finding;
    }
    return unknown(std::move(finding), fmt::format("{} of {} connections failed at a member that is not known", vip.ambiguous.size(), attempts),
                   "several connections to members were open at the same time", "run again");
  }
  if (answered == 0 && vip.lost > 0)
    return unknown(std::move(finding), "every connection lost packets on the way", "the path loses packets", "mend the path, then run again");
  if (answered == 0)  // each of them got past the VIP: the pairs say what became of them
    return skip(kId, pair.source_subject(), "no connection was answered, and each failed behind the VIP", explanation);
  finding.observed = fmt::format("{} of {} connections answered", answered, attempts) + words_about_old_connections(c, pair);
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
    if (has_succeeded(trip)) ++answered;
  }
  finding.attempts = static_cast<std::uint32_t>(attempts);
  if (vip.causes.empty()) return judge_the_rest(c, pair, std::move(finding), std::move(vip), attempts, answered);
  fill(finding, vip.causes.front());
  set_attempts(finding, attempts, vip.causes.size());
  finding.observed += doubt_about_port(c, pair);
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
    if (root.cause.empty() || root.cause == "path.loss") continue;
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
                finding_of(elsewhere, pair));
  if (unresolved > 0) {
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("{} of {} connections failed and the evidence does not say why", unresolved, pair.trips.size());
    finding.next_step = "run again; give the load balancer or the member a capture";
    return finding;
  }
  if (answered == 0)
    return unknown(std::move(finding), "every connection lost packets on the way", "the path loses packets", "mend the path, then run again");
  finding.observed = fmt::format("{} of {} connections answered", answered, pair.trips.size());
  finding.summary = fmt::format("{} reaches {} through the VIP", pair.planned->source, pair.member);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c)) {
    if (pair.is_first_of_source) findings.push_back(judge_source(c, pair));
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
        "reached a member, or a host that the pool does not list, is judged there: a RST to the balancer's SYN is `member.refused`; a SYN that a reliable capture "
        "saw arrive and that was never answered is `member.silent`; a SYN that is answered with an ACK of an earlier connection is `member.old-connection`, where a capture shows that the member did it and the port was the balancer's choice, or `vip.old-connection`, where SNAT was promised and it may have been a member; a member whose responder refuses the certificate of a balancer that opens TLS of its own is `member.refuses-balancer`, with everything that is held against it; a SYN that left the balancer and never arrived is "
        "`server-leg.filtered`. Where the return path or reverse path filtering is the cause, this check is `skip` and says "
        "which finding explains it. The direct control beside the VIP is quoted as evidence and never judged.",
    .judge = judge};

}  // namespace hairpin::checks

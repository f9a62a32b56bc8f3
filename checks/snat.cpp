// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/roster.hpp"
#include "checks/snat_pool.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "snat";

/// The cause for one seen address under one rule; empty: as promised.
std::string_view judge_address(const Case& c, const Pair& pair, const SnatRule& rule, const IpAddress& own,
                               const IpAddress& seen) {
  if (rule.type == SnatType::none) return seen == own ? "" : "snat.unexpected";
  if (seen == own) return "snat.absent";
  if (rule.type == SnatType::pool) {
    const bool is_listed = std::find(rule.addresses.begin(), rule.addresses.end(), seen) != rule.addresses.end();
    return is_listed ? "" : "snat.wrong-address";
  }
  if (!has_address(c.roster, pair.load_balancer(), seen)) return "snat.wrong-address";
  const auto& self_ips = c.topology.host(pair.load_balancer())->self_ips;
  const auto self_ip = std::find_if(self_ips.begin(), self_ips.end(), [&](const SelfIp& s) { return s.address == seen; });
  const bool is_floating = self_ip != self_ips.end() && self_ip->is_floating;
  const bool has_floating = std::any_of(self_ips.begin(), self_ips.end(), [&](const SelfIp& s) {
    return s.is_floating && s.address.family == seen.family;
  });
  return has_floating && !is_floating ? "snat.non-floating-address" : "";
}

std::string expected_of(const Case& c, const Pair& pair, const SnatRule& rule) {
  if (rule.type == SnatType::none) return fmt::format("{}'s own address", pair.planned->source);
  std::string text = rule.type == SnatType::automap ? "a self IP of " + pair.load_balancer() + ":" : "one of the SNAT pool:";
  const auto family = pair.planned->vip.address.family;
  if (rule.type == SnatType::automap) {
    const auto& balancer = *c.topology.host(pair.load_balancer());
    for (const auto& self_ip : balancer.self_ips)
      if (self_ip.address.family == family) text += " " + to_string(self_ip.address) + (self_ip.is_floating ? " (floating)" : "");
    for (const auto& address : balancer.addresses)
      if (address.family == family) text += " " + to_string(address);
  }
  for (const auto& address : rule.addresses)
    if (address.family == family) text += " " + to_string(address);
  return text;
}

std::string observed_of(const SeenSource& seen, const IpAddress& own) {
  return to_string(seen.address) + (seen.address == own ? " (the source's own)" : "");
}

/// The SYN with which the balancer got the address that the member saw, where it did not get the source's own: something in
/// front of the balancer had changed it, and who changes addresses behind is not known. Null: none.
const PacketObservation* changed_in_front(const Case& c, const Pair& pair, const Trip& trip, const IpAddress& seen) {
  for (const auto& leg : trip.client_leg)
    if (leg.flow->host == pair.load_balancer() && leg.flow->tuple.source == trip.probe->local) return nullptr;
  for (const auto& flow : c.flows) {
    const bool is_client_leg = flow.host == pair.load_balancer() && flow.tuple.destination == pair.planned->vip;
    const auto* syn = is_client_leg && flow.tuple.source.address == seen ? flow.syn() : nullptr;
    if (syn && syn->direction == Direction::in) return syn;
  }
  return nullptr;
}

void leave_open(Finding& finding, const Pair& pair, const SeenSource& seen, const PacketObservation& syn) {
  if (!finding.cause.empty()) return;
  finding.verdict = Verdict::inconclusive;
  finding.observed = to_string(seen.address);
  finding.reason = fmt::format("a NAT in front of {} gave the connections this address: its client leg has it as well",
                               pair.load_balancer());
  finding.next_step = fmt::format("probe from behind the NAT, or promise its address: `expect.snat` with a pool for {}",
                                  pair.planned->source);
  finding.evidence = {seen.evidence, packet_evidence(syn, MatchKey::none)};
}

void judge_trip(Finding& finding, const Case& c, const Pair& pair, const SnatRule& rule, const Trip& trip, const SeenSource& seen) {
  const auto& own = trip.probe->local->address;
  const auto cause = judge_address(c, pair, rule, own, seen.address);
  if (cause.empty()) {
    if (!finding.cause.empty() || finding.verdict == Verdict::inconclusive) return;
    finding.observed = observed_of(seen, own);
    if (finding.evidence.empty()) finding.evidence.push_back(seen.evidence);
    return;
  }
  if (const auto* syn = cause == "snat.unexpected" ? changed_in_front(c, pair, trip, seen.address) : nullptr)
    return leave_open(finding, pair, seen, *syn);
  ++finding.failed;
  if (!finding.cause.empty() && finding.verdict == Verdict::fail) return;
  set_cause(finding, cause);
  finding.reason = finding.next_step = "";
  finding.observed = observed_of(seen, own);
  finding.evidence = {seen.evidence};
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  const auto* rule = snat_rule_for(c, pair);
  if (rule) finding.expected = expected_of(c, pair, *rule);
  for (const auto* trip : pair.trips) {
    const auto seen = seen_source(*trip);
    if (!seen || !trip->probe->local) continue;
    ++finding.attempts;
    if (rule) {
      judge_trip(finding, c, pair, *rule, *trip, *seen);
    } else {
      finding.observed = observed_of(*seen, trip->probe->local->address);
      finding.evidence = {seen->evidence};
    }
  }
  if (finding.attempts == 0) {
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("{} → {}: the address that the member saw is not known", pair.planned->source, pair.member);
    finding.reason = "neither the member nor the load balancer showed the server leg";
    finding.next_step = "run an agent on " + pair.member;
  } else if (!rule) {
    finding.verdict = Verdict::info;
    finding.summary = fmt::format("{} sees {} as {}", pair.member, pair.planned->source, finding.observed);
  } else if (finding.verdict == Verdict::inconclusive) {
    finding.summary = fmt::format("{} sees {} as {}, and so does {}", pair.member, pair.planned->source, finding.observed,
                                  pair.load_balancer());
  } else if (finding.cause.empty()) {
    finding.summary = fmt::format("{} sees {} as promised", pair.member, pair.planned->source);
  } else {
    set_attempts(finding, finding.attempts, finding.failed);
    finding.summary = fmt::format("{} sees {} as {}", pair.member, pair.planned->source, finding.observed);
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  const auto pairs = pairs_of(c);
  for (const auto& pair : pairs) findings.push_back(judge_pair(c, pair));
  judge_pool_addresses(findings, c, pairs);
  return findings;
}

}  // namespace

const Check snat{
    .id = kId,
    .claim = "Members see the source address that the configuration promises",
    .source = "topology: expect.snat; F5 K7336 (order of automap addresses)",
    .needs = "responder, or a capture at the member or the balancer",
    .explanation =
        "The address with which a connection arrives at the member is compared with the first rule of `expect.snat` that "
        "matches the source: `none` is the address from which the probe sent; `automap` a self IP of the load balancer (where "
        "floating ones are declared, another one is a warning); `pool` one of the listed addresses; never the VIP. Where the "
        "balancer itself got the connections with the address that the member saw, and not with the source's own, a NAT in front "
        "of it changed them: that is no SNAT of the balancer's and `inconclusive`. Without a "
        "rule the address is reported (`info`). An address of a promised pool that stays unused in more connections than chance "
        "allows is a warning. A missing SNAT and the return path that it breaks are two promises: both fail.",
    .judge = judge};

}  // namespace hairpin::checks

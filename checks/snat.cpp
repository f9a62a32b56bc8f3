// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "snat";

/// The source address with which a trip arrived (or was to arrive) at the member.
struct Seen {
  IpAddress address;
  Evidence evidence;
};

std::optional<Seen> seen_source(const Trip& trip) {
  if (trip.came_back)
    return Seen{trip.came_back->tuple.source.address, packet_evidence(*trip.came_back, trip.came_back_match)};
  if (trip.responder)
    return Seen{trip.responder->peer.address,
                {trip.responder->host + "/responder", trip.responder->accepted, std::string(name(trip.responder_match)),
                 "accepted " + tcpdump_form(Tuple{trip.responder->peer, trip.responder->local}), {}}};
  for (const auto& leg : trip.server_leg)
    if (const auto* syn = leg.flow->syn()) return Seen{syn->tuple.source.address, packet_evidence(*syn, leg.match)};
  if (trip.probe->answer)
    return Seen{trip.probe->answer->peer.address,
                {trip.probe->host + "/probe", trip.probe->started, "trip_id",
                 "the responder saw " + tcpdump_form(trip.probe->answer->peer), {}}};
  return {};
}

bool applies(const SnatRule& rule, const Case& c, const Pair& pair) {
  const auto& source = pair.planned->source;
  const auto* host = c.topology.host(source);
  const auto address = host ? host->address(pair.planned->vip.address.family) : std::nullopt;
  return rule.from.empty() || std::any_of(rule.from.begin(), rule.from.end(), [&](const std::string& from) {
           if (from == "any" || from == source) return true;
           if (from == "members") return c.topology.is_member(*pair.pool, source);
           const auto prefix = parse_prefix(from);
           return prefix && address && prefix->contains(*address);
         });
}

const SnatRule* rule_for(const Case& c, const Pair& pair) {
  for (const auto& rule : pair.server->expect.snat)
    if (applies(rule, c, pair)) return &rule;
  return nullptr;
}

/// The cause for one seen address under one rule; empty: as promised.
std::string_view judge_address(const Case& c, const Pair& pair, const SnatRule& rule, const IpAddress& own,
                               const IpAddress& seen) {
  if (rule.type == SnatType::none) return seen == own ? "" : "snat.unexpected";
  if (seen == own) return "snat.absent";
  if (rule.type == SnatType::pool) {
    const bool is_listed = std::find(rule.addresses.begin(), rule.addresses.end(), seen) != rule.addresses.end();
    return is_listed ? "" : "snat.wrong-address";
  }
  const auto& self_ips = c.topology.host(pair.load_balancer())->self_ips;
  const auto self_ip = std::find_if(self_ips.begin(), self_ips.end(), [&](const SelfIp& s) { return s.address == seen; });
  if (self_ip == self_ips.end()) return "snat.wrong-address";
  const bool has_floating = std::any_of(self_ips.begin(), self_ips.end(), [&](const SelfIp& s) {
    return s.is_floating && s.address.family == seen.family;
  });
  return has_floating && !self_ip->is_floating ? "snat.non-floating-address" : "";
}

std::string expected_of(const Case& c, const Pair& pair, const SnatRule& rule) {
  if (rule.type == SnatType::none) return fmt::format("{}'s own address", pair.planned->source);
  std::string text = rule.type == SnatType::automap ? "a self IP of " + pair.load_balancer() + ":" : "one of the SNAT pool:";
  const auto family = pair.planned->vip.address.family;
  if (rule.type == SnatType::automap)
    for (const auto& self_ip : c.topology.host(pair.load_balancer())->self_ips)
      if (self_ip.address.family == family) text += " " + to_string(self_ip.address) + (self_ip.is_floating ? " (floating)" : "");
  for (const auto& address : rule.addresses)
    if (address.family == family) text += " " + to_string(address);
  return text;
}

std::string observed_of(const Seen& seen, const IpAddress& own) {
  return to_string(seen.address) + (seen.address == own ? " (the source's own)" : "");
}

void judge_trip(Finding& finding, const Case& c, const Pair& pair, const SnatRule& rule, const Trip& trip, const Seen& seen) {
  const auto cause = judge_address(c, pair, rule, trip.probe->local->address, seen.address);
  if (cause.empty()) {
    if (!finding.cause.empty()) return;
    finding.observed = observed_of(seen, trip.probe->local->address);
    if (finding.evidence.empty()) finding.evidence.push_back(seen.evidence);
    return;
  }
  ++finding.failed;
  if (!finding.cause.empty() && finding.verdict == Verdict::fail) return;
  set_cause(finding, cause);
  finding.observed = observed_of(seen, trip.probe->local->address);
  finding.evidence = {seen.evidence};
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  const auto* rule = rule_for(c, pair);
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
  for (const auto& pair : pairs_of(c)) findings.push_back(judge_pair(c, pair));
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
        "floating ones are declared, another one is a warning); `pool` one of the listed addresses; never the VIP. Without a "
        "rule the address is reported (`info`). A missing SNAT and the return path that it breaks are two promises: both fail.",
    .judge = judge};

}  // namespace hairpin::checks

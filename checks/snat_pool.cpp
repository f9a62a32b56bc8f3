// SPDX-License-Identifier: Apache-2.0
#include "checks/snat_pool.hpp"

#include "checks/balancer_view.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace hairpin::checks {
namespace {

constexpr double kUnlikely = 0.001;

/// What all sources of one virtual server and family saw of its pool.
struct PoolUse {
  Subject subject;
  std::set<IpAddress> promised, used;
  std::size_t trips = 0;
};

void add(PoolUse& use, const Case& c, const Pair& pair) {
  const auto* rule = snat_rule_for(c, pair);
  if (!rule || rule->type != SnatType::pool) return;
  for (const auto& address : rule->addresses)
    if (address.family == pair.planned->vip.address.family) use.promised.insert(address);
  for (const auto* trip : pair.trips) {
    const auto seen = seen_source(*trip);
    if (!seen) continue;
    ++use.trips;
    use.used.insert(seen->address);
  }
}

Finding judge_use(const PoolUse& use) {
  auto finding = finding_for("snat", use.subject);
  std::vector<std::string> unused;
  for (const auto& address : use.promised)
    if (!use.used.contains(address)) unused.push_back(to_string(address));
  finding.attempts = static_cast<std::uint32_t>(use.trips);
  finding.expected = fmt::format("{} addresses of the SNAT pool in use", use.promised.size());
  finding.observed = fmt::format("{} of them in {} connections", use.promised.size() - unused.size(), use.trips);
  finding.summary = "every address of the SNAT pool is in use";
  if (unused.empty()) return finding;
  const double share = 1.0 / static_cast<double>(use.promised.size());
  const double miss = std::pow(1 - share, static_cast<double>(use.trips));
  if (miss > kUnlikely || unused.size() == use.promised.size())  // none at all: the pairs say what is used instead
    return skip("snat", use.subject, "too few translated connections to miss an address of the pool");
  set_cause(finding, "snat.pool-address-unused");
  finding.observed = fmt::format("{} unused in {} connections", fmt::join(unused, ", "), use.trips);
  finding.summary = fmt::format("{} of the SNAT pool was never used", fmt::join(unused, ", "));
  finding.reason = fmt::format("by chance an address stays unused in {} connections with a probability of {:.1e}", use.trips, miss);
  return finding;
}

}  // namespace

std::optional<SeenSource> seen_source(const Trip& trip) {
  if (trip.responder)
    return SeenSource{trip.responder->peer.address,
                {trip.responder->host + "/responder", trip.responder->accepted, std::string(name(trip.responder_match)),
                 "accepted " + tcpdump_form(Tuple{trip.responder->peer, trip.responder->local}), {}}};
  const auto& answer = trip.probe->answer;  // what time alone has joined does not contradict what the member said
  const bool is_told = answer && answer->trip == trip.probe->trip;
  if (trip.came_back && !(is_told && trip.came_back_match == MatchKey::inferred))
    return SeenSource{trip.came_back->tuple.source.address, packet_evidence(*trip.came_back, trip.came_back_match)};
  if (trip.third_address && !(is_told && trip.third_address_match == MatchKey::inferred))  // it was sent to whom the member took for its client
    return SeenSource{trip.third_address->tuple.destination.address,
                      packet_evidence(*trip.third_address, trip.third_address_match)};
  for (const auto& leg : trip.server_leg)
    if (const auto* syn = leg.flow->syn(); syn && !trip.may_be_monitors) return SeenSource{syn->tuple.source.address, packet_evidence(*syn, leg.match)};
  if (trip.probe->answer)
    return SeenSource{trip.probe->answer->peer.address,
                {trip.probe->host + "/probe", trip.probe->started, "trip_id",
                 "the responder saw " + tcpdump_form(trip.probe->answer->peer), {}}};
  if (trip.entry && trip.entry->as) return SeenSource{trip.entry->as->address, entry_evidence(*trip.entry)};
  return {};
}

const SnatRule* snat_rule_for(const Case& c, const Pair& pair) {
  const auto family = pair.planned->vip.address.family;
  return c.topology.snat_rule(*pair.pool, *pair.server, pair.planned->source, family);
}

void judge_pool_addresses(std::vector<Finding>& findings, const Case& c, const std::vector<Pair>& pairs) {
  std::map<std::string, PoolUse> uses;
  for (const auto& pair : pairs) {
    if (!pair.skip_reason.empty()) continue;
    auto subject = pair.source_subject();
    subject.source.clear();
    auto& use = uses[finding_id("snat", subject)];
    use.subject = subject;
    add(use, c, pair);
  }
  for (const auto& [id, use] : uses)
    if (!use.promised.empty()) findings.push_back(judge_use(use));
}

}  // namespace hairpin::checks

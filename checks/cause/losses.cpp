// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/losses.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

using Segment = std::tuple<Endpoint, std::uint8_t, std::uint32_t, std::uint32_t>;  ///< sender, flags, sequence, payload

Segment segment_of(const PacketObservation& packet) {
  constexpr std::uint8_t kOpening = kSyn | kAck | kFin | kRst;
  return {packet.tuple.source, packet.flags & kOpening, packet.sequence, packet.payload_bytes};
}

using Sent = std::map<Segment, std::vector<const PacketObservation*>>;

/// What left or arrived at one host, by every interface of it: requests or replies, since what nPath passes on is
/// another leg.
Sent segments(const std::vector<MatchedFlow>& legs, const std::string& host, Direction direction, bool is_forward) {
  Sent all;
  for (const auto& leg : legs) {
    if (leg.flow->host != host) continue;
    for (const auto* packet : leg.flow->packets)
      if (packet->direction == direction && !packet->is_reset() && leg.flow->is_forward(*packet) == is_forward) all[segment_of(*packet)].push_back(packet);
  }
  return all;
}

/// What left `from` more often than it arrived at `to`.
void compare(Losses& losses, const Sent& left, const Sent& arrived) {
  for (const auto& [segment, packets] : left) {
    const auto& first = *packets.front();
    const bool is_opening = (first.flags & kSyn) != 0;
    const bool was_repeated = first.payload_bytes > 0 && packets.size() > 1;
    if (!is_opening && !was_repeated) continue;
    const auto found = arrived.find(segment);
    const auto count = found == arrived.end() ? 0 : found->second.size();
    if (count >= packets.size()) continue;
    losses.lost += packets.size() - count;
    if (losses.evidence.empty()) losses.evidence.push_back(packet_evidence(first, MatchKey::none));
  }
}

/// What this host saw of the leg, and its first SYN.
struct Sighting {
  bool is_any = false, has_reply = false;
  const PacketObservation* syn = nullptr;
};

Sighting sighting_of(const std::vector<MatchedFlow>& legs, const std::string& host) {
  Sighting seen;
  for (const auto& leg : legs) {
    if (leg.flow->host != host) continue;
    seen.is_any = true;
    if (!seen.syn) seen.syn = leg.flow->syn();
    for (const auto* packet : leg.flow->packets) seen.has_reply |= !leg.flow->is_forward(*packet);
  }
  return seen;
}

/// Segments are told by address and number. A firewall that gives SYNs another number, or a NAT, makes others of them: what
/// the far end then does not have is not lost. A far end that saw nothing at all lost the SYN only if nothing came back.
bool is_one_connection(const Sighting& near, const Sighting& far) {
  if (!near.syn) return false;
  if (!far.is_any) return !near.has_reply;
  return far.syn && far.syn->sequence == near.syn->sequence && far.syn->tuple == near.syn->tuple;
}

/// Those of the connection that came to the far end: a SYN that was sent again may have gone to another member meanwhile.
std::vector<MatchedFlow> legs_to(const std::string& far, std::vector<MatchedFlow> legs) {
  if (const auto* syn = sighting_of(legs, far).syn)
    std::erase_if(legs, [tuple = syn->tuple](const MatchedFlow& leg) { return leg.flow->tuple != tuple; });
  return legs;
}

void compare_leg(Losses& losses, const Case& c, const std::vector<MatchedFlow>& all, const std::string& near, const std::string& far) {
  if (near == far || !c.sight.is_reliable(near) || !c.sight.is_reliable(far)) return;
  const auto legs = legs_to(far, all);
  if (!is_one_connection(sighting_of(legs, near), sighting_of(legs, far))) return;
  losses.is_comparable = true;
  compare(losses, segments(legs, near, Direction::out, true), segments(legs, far, Direction::in, true));
  compare(losses, segments(legs, far, Direction::out, false), segments(legs, near, Direction::in, false));
}

/// SYNs that were sent again before anything came back: what an ACK of an earlier connection answered is not lost.
std::size_t syns_repeated_unanswered(const Flow& flow) {
  std::size_t repeated = 0;
  bool is_waiting = false;
  for (const auto* packet : flow.packets) {
    if (!flow.is_forward(*packet)) is_waiting = false;
    if (!packet->is_syn()) continue;
    if (is_waiting) ++repeated;
    is_waiting = true;
  }
  return repeated;
}

/// Without a second capture: the SYN was sent again before it was answered.
void count_repeated_syns(Losses& losses, const Trip& trip) {
  const auto* flow = trip.client_leg_at(trip.probe->host);
  if (losses.is_comparable || !flow || !flow->syn_ack()) return;
  const auto repeated = syns_repeated_unanswered(*flow);
  losses.is_comparable = true;
  losses.lost += repeated;
  if (repeated > 0) losses.evidence.push_back(packet_evidence(*flow->syn(), MatchKey::none));
}

}  // namespace

Losses losses_of(const Case& c, const Trip& trip) {
  Losses losses;
  const auto& source = trip.probe->host;
  std::string balancer;
  for (const auto& pool : c.topology.pools)
    if (pool.name == trip.probe->target.pool) balancer = pool.load_balancer;
  compare_leg(losses, c, trip.client_leg, source, balancer);
  if (!trip.member.empty()) compare_leg(losses, c, trip.server_leg, balancer, trip.member);
  count_repeated_syns(losses, trip);
  return losses;
}

bool is_losing_otherwise(const Case& c, const Trip& trip) {
  return std::any_of(c.trips.begin(), c.trips.end(), [&](const Trip& other) {
    const bool is_alike = &other != &trip && !other.is_direct() && other.probe->host == trip.probe->host &&
                          other.probe->target.endpoint == trip.probe->target.endpoint;
    return is_alike && other.is_answered() && losses_of(c, other).lost > 0;
  });
}

}  // namespace hairpin::checks

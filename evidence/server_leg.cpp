// SPDX-License-Identifier: Apache-2.0
// Which flows between balancer and member belong to a trip: keys 1 to 4, and the same connection at other places.
#include <fmt/format.h>

#include <algorithm>

#include "evidence/correlator.hpp"

namespace hairpin {

void Correlator::match_server_leg(Trip& trip) {
  if (trip.is_direct()) return;
  if (trip.responder) {
    const Tuple seen{trip.responder->peer, trip.responder->local};
    match_by_tuple(trip, seen, &trip.responder->accepted, trip.responder_match);
  } else if (trip.probe->answer) {
    const Tuple told{trip.probe->answer->peer, trip.probe->answer->local};
    match_by_tuple(trip, told, nullptr, MatchKey::trip_id);
  }
  match_by_client_random(trip);
  match_by_isn(trip);
  match_by_entry(trip);
  match_unchanged_tuple(trip);
}

/// Flows with the tuple that the responder saw. A tuple that was used more than once is told apart by time at the
/// responder's own host, and by its SYN elsewhere.
void Correlator::match_by_tuple(Trip& trip, const Tuple& tuple, const WallTime* near, MatchKey key) {
  const auto [begin, end] = by_tuple_.equal_range(tuple);
  const Flow* at_member = nullptr;
  for (auto it = begin; it != end && trip.responder; ++it) {
    const auto& flow = *it->second;
    if (flow.host != trip.responder->host) continue;
    const auto distance = [&](const Flow& candidate) {
      return std::chrono::abs(candidate.packets.front()->time - *near);
    };
    if (!at_member || distance(flow) < distance(*at_member)) at_member = &flow;
  }
  if (at_member) claim(trip, *at_member, key);
  const auto* syn = at_member ? at_member->syn() : nullptr;
  for (auto it = begin; it != end; ++it) {
    const auto& flow = *it->second;
    const auto* seen = flow.syn();
    const bool is_it = syn && seen ? syn->sequence == seen->sequence : is_within(trip, *flow.packets.front());
    if (&flow != at_member && is_it && !mentions(trip, flow)) claim(trip, flow, key);
  }
}

/// The first to send this SYN-ACK: it left the host and had not come in there, and no balancer sent it either.
bool Correlator::made_answer(const Trip& trip, const Flow& flow) const {
  const auto [begin, end] = by_tuple_.equal_range(flow.tuple);
  bool has_sent = false, is_anothers = false;
  for (auto it = begin; it != end; ++it)
    for (const auto* packet : it->second->packets) {
      if (!packet->is_syn_ack() || !is_within(trip, *packet)) continue;
      const bool is_here = packet->host == flow.host;
      has_sent |= is_here && packet->direction == Direction::out;
      is_anothers |= is_here ? packet->direction == Direction::in : roster_.load_balancers.contains(packet->host);
    }
  return has_sent && !is_anothers;
}

/// A sight of a connection to the VIP itself is the server leg only at a member (nPath) or at who answers it. Elsewhere it
/// is the client leg: a router on the way sees it, and a balancer behind a NAT router sees it from another source.
bool Correlator::is_server_side(const Trip& trip, const Flow& flow) const {
  if (flow.tuple.destination != trip.probe->target.endpoint) return true;
  if (roster_.load_balancers.contains(flow.host)) return false;
  const auto members = roster_.members_of.find(trip.probe->target.endpoint);
  const bool is_member = members != roster_.members_of.end() &&
                         std::any_of(members->second.begin(), members->second.end(),
                                     [&](const Endpoint& member) { return is_own_address(flow.host, member.address); });
  return is_member || made_answer(trip, flow);
}

/// Key 3. The same random in a flow that is not the client leg is the server leg of a passthrough.
void Correlator::match_by_client_random(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  std::optional<ClientRandom> random;
  if (trip.probe->tls) random = trip.probe->tls->client_random;
  if (!random && own)
    for (const auto* packet : own->packets)
      if (packet->client_random) random = packet->client_random;
  if (!random) return;
  const auto same = by_client_random_.find(*random);
  if (same == by_client_random_.end()) return;
  for (const auto* flow : same->second) {
    if (mentions(trip, *flow)) continue;
    if (is_server_side(trip, *flow)) claim(trip, *flow, MatchKey::client_random);
    else trip.client_leg.push_back({flow, MatchKey::client_random});
  }
}

/// Key 4. Through L4 NAT the SYN itself arrives. Two connections that look alike are refused, unless each has another one of the SYNs
/// that the source sent: then a NAT gave each attempt a port, or member, of its own, and the last is what became of the trip.
void Correlator::match_by_isn(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (!own || !own->syn()) return;
  std::map<Tuple, std::ptrdiff_t> attempts;  // which packet of the source it was
  std::vector<const Flow*> matches, natted;
  const auto [begin, end] = by_isn_.equal_range(own->syn()->sequence);
  for (auto it = begin; it != end; ++it) {
    const auto& flow = *it->second;
    if (mentions(trip, flow) || flow.tuple == own->tuple || is_claimed(flow)) continue;
    const auto sent = std::find_if(own->packets.begin(), own->packets.end(), [&](const auto* packet) {
      return packet->is_syn() && is_same_syn(*packet, *flow.syn());
    });
    if (sent == own->packets.end()) continue;  // also a destination that nobody declared: the balancer sent it there
    if (!is_server_side(trip, flow)) {  // NAT between client and VIP
      natted.push_back(&flow);
      continue;
    }
    attempts.emplace(flow.tuple, sent - own->packets.begin());
    matches.push_back(&flow);
  }
  for (const auto* flow : natted)
    if (flow->tuple == natted.front()->tuple) trip.client_leg.push_back({flow, MatchKey::isn});
  std::map<std::ptrdiff_t, Tuple> tuples;
  for (const auto& [tuple, attempt] : attempts) tuples.emplace(attempt, tuple);
  if (tuples.size() < attempts.size()) {
    trip.ambiguities.push_back(fmt::format("{} connections carry the ISN of this trip's SYN", attempts.size()));
    return;
  }
  for (const auto* flow : matches)
    if (flow->tuple == tuples.rbegin()->second) claim(trip, *flow, MatchKey::isn);
}

/// Without address translation (nPath) both legs have the client's tuple: what a member saw of it is the server leg, and
/// what whoever answered for the VIP saw. A router between client and VIP sees the client leg.
/// A member that holds the VIP itself is its own server: the connection stays on its loopback.
void Correlator::match_unchanged_tuple(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (own && stayed_on_loopback(*own)) trip.server_leg.push_back({own, MatchKey::isn});
  for (std::size_t i = 0; i < trip.client_leg.size();) {
    const auto leg = trip.client_leg[i];
    if (leg.flow->host == trip.probe->host || !is_server_side(trip, *leg.flow)) {
      ++i;
      continue;
    }
    trip.client_leg.erase(trip.client_leg.begin() + static_cast<std::ptrdiff_t>(i));
    claim(trip, *leg.flow, leg.match);
  }
}

/// Other sights of a connection that is known already: a reply that left by another interface of the same host, and
/// the same tuple at another host, also where something on the way gave the SYN another number.
void Correlator::complete_server_leg(Trip& trip) {
  const auto known = trip.server_leg;
  for (const auto& leg : known) {
    const auto* syn = leg.flow->syn();
    if (!syn) continue;
    const auto [begin, end] = by_tuple_.equal_range(leg.flow->tuple);
    for (auto it = begin; it != end; ++it) {
      const auto& flow = *it->second;
      if (is_claimed(flow) || mentions(trip, flow)) continue;
      const auto* seen = flow.syn();
      const auto* answer = flow.syn_ack();
      const bool is_same = seen && is_same_syn(*seen, *syn);
      const bool is_its_answer = !seen && answer && answer->acknowledgement == syn->sequence + 1;
      // What another interface of the same host saw of it: a router passes on what one of them took in.
      const bool is_its_rest = !seen && flow.host == leg.flow->host && is_within(trip, *flow.packets.front());
      const bool is_elsewhere = flow.host != leg.flow->host && !trip.server_leg_at(flow.host);
      if (is_same || is_its_answer || is_its_rest)
        claim(trip, flow, leg.match);
      else if (seen && is_elsewhere && is_within(trip, *seen))
        claim(trip, flow, MatchKey::inferred);
    }
  }
}

}  // namespace hairpin

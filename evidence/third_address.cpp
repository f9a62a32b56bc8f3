// SPDX-License-Identifier: Apache-2.0
// Key 5: what arrives at the source without belonging to a connection that it opened.
#include <fmt/format.h>

#include <algorithm>

#include "evidence/correlator.hpp"

namespace hairpin {
namespace {

/// TSecr of an answer repeats the TSval of the SYN (RFC 7323 §3.2), where both ends use timestamps.
bool echoes(const PacketObservation& answer, const PacketObservation& syn) {
  return !answer.timestamp_echo || !syn.timestamp_value || *answer.timestamp_echo == *syn.timestamp_value;
}

bool answers(const PacketObservation& syn_ack, const Flow& opened) {
  return std::any_of(opened.packets.begin(), opened.packets.end(), [&](const auto* packet) {
    return packet->is_syn() && syn_ack.acknowledgement == packet->sequence + 1 && echoes(syn_ack, *packet);
  });
}

}  // namespace

/// A flow that this host did not open, by whatever interface: the first thing seen of it is somebody's SYN-ACK.
const PacketObservation* Correlator::unsolicited_syn_ack(const Flow& flow) const {
  const auto* first = flow.packets.front();
  if (!first->is_syn_ack() || first->direction == Direction::out || flow.syn()) return nullptr;
  const auto [begin, end] = by_tuple_.equal_range(flow.tuple);
  const bool was_asked = std::any_of(begin, end, [&](const auto& entry) {
    const auto* syn = entry.second->syn();
    return syn && entry.second->host == flow.host && syn->direction == Direction::out &&
           first->acknowledgement == syn->sequence + 1;
  });
  return was_asked ? nullptr : first;
}

/// One probe at a time runs from a source; at the seam of two trips the strict windows decide.
bool Correlator::is_only_open_trip(const Trip& trip, const PacketObservation& packet) const {
  const auto time = on_common_clock(packet.host, packet.time);
  std::size_t strictly = 0, loosely = 0;
  bool is_strictly_ours = false;
  for (const auto* other : trips_of_source_.at(trip.probe->host)) {
    const bool is_inside = time >= on_common_clock(other->probe->host, other->probe->started) &&
                           time <= on_common_clock(other->probe->host, other->probe->ended);
    if (is_inside) ++strictly;
    if (is_inside && other == &trip) is_strictly_ours = true;
    if (is_within(*other, packet)) ++loosely;
  }
  if (strictly > 0) return strictly == 1 && is_strictly_ours;
  return loosely == 1 && is_within(trip, packet);
}

/// A service that the topology does not know: another VIP of the same members, for all that we can tell.
bool Correlator::is_undeclared_service(const Endpoint& endpoint) const {
  if (roster_.members_of.contains(endpoint) || !roster_.name_of(endpoint.address).empty()) return false;
  return std::any_of(roster_.members_of.begin(), roster_.members_of.end(), [&](const auto& entry) {
    const auto& [vip, members] = entry;
    return vip.address == endpoint.address || vip.port == endpoint.port ||
           std::any_of(members.begin(), members.end(), [&](const Endpoint& member) { return member.port == endpoint.port; });
  });
}

/// The member serves several VIPs, and another one of them may have sent its connection in this host's name: for
/// another program, or for a trip of ours that has ended without an answer.
bool Correlator::may_serve_another_vip(const Trip& trip, const Endpoint& member, const PacketObservation& packet) const {
  const auto serves = [&](const Endpoint& vip) {
    if (is_undeclared_service(vip)) return true;
    const auto members = roster_.members_of.find(vip);
    return vip != trip.probe->target.endpoint && members != roster_.members_of.end() &&
           std::find(members->second.begin(), members->second.end(), member) != members->second.end();
  };
  const auto seen = by_host_.find(trip.probe->host);
  return seen != by_host_.end() && std::any_of(seen->second.begin(), seen->second.end(), [&](const Flow* flow) {
    const auto age = packet.time - flow->packets.front()->time;
    if (age < nanoseconds(0) || age > kRecent || !serves(flow->tuple.destination)) return false;
    const bool is_foreign = !dialled_.contains({flow->host, flow->tuple.source});
    const auto& trips = trips_of_source_.at(trip.probe->host);
    return is_foreign || std::any_of(trips.begin(), trips.end(), [&](const Trip* other) {
      return other->probe->local == flow->tuple.source && !other->is_answered();
    });
  });
}

/// The proxy that went on for what this host dialled from an endpoint has, or may have, kept its port: then it may try
/// again from there. Of a trip whose server leg is known it is known as well.
bool Correlator::may_keep_port(const std::string& host, const Endpoint& local) const {
  const auto trips = trips_of_source_.find(host);
  if (trips == trips_of_source_.end() || !dialled_.contains({host, local})) return true;
  return std::any_of(trips->second.begin(), trips->second.end(), [&](const Trip* other) {
    const auto& legs = other->server_leg;
    return other->probe->local == local && std::all_of(legs.begin(), legs.end(), [&](const MatchedFlow& leg) {
      return leg.flow->tuple.source == local;
    });
  });
}

/// A proxy's connection to a member that no number joins to the trip: it is another's when another connection of this
/// host to the same VIP has its port, and may be when another program opened one in the last seconds. A proxy connects
/// to the member only after the handshake with the source: without the VIP's SYN-ACK it cannot be ours at all.
bool Correlator::may_be_anothers(const Trip& trip, const Endpoint& opener, const PacketObservation& packet) const {
  if (opener == trip.probe->local) return false;  // whose port is ours is ours, also with a number of the balancer's
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (own && !own->syn_ack()) return true;
  const auto seen = by_host_.find(trip.probe->host);
  if (seen == by_host_.end()) return false;
  return std::any_of(seen->second.begin(), seen->second.end(), [&](const Flow* flow) {
    const auto& [source, destination] = flow->tuple;
    if (destination != trip.probe->target.endpoint || source == trip.probe->local) return false;
    const auto age = packet.time - flow->packets.front()->time;
    if (age < nanoseconds(0)) return false;  // what was opened later has only taken the same port by chance
    const bool is_foreign = !dialled_.contains({flow->host, source});
    return (source == opener && may_keep_port(flow->host, opener)) || (is_foreign && age <= kRecent);
  });
}

/// A match that is refused because the packet may be another connection's is noted: what happened at the VIP is then not
/// all that may have gone wrong.
bool Correlator::is_refused_for_doubt(Trip& trip, const Endpoint& opener, const Endpoint& member,
                                      const PacketObservation& packet) const {
  if (!may_be_anothers(trip, opener, packet) && !may_serve_another_vip(trip, member, packet)) return false;
  note_doubt(trip, packet);
  return true;
}

void Correlator::note_doubt(Trip& trip, const PacketObservation& packet) {
  if (!was_greeted(trip) && packet.tuple.destination != trip.probe->local) return;  // no proxy went on for this trip: it is another's
  trip.doubtful = &packet;
  trip.ambiguities.push_back(fmt::format("{} may belong to this trip or to another connection of {}",
                                         tcpdump_form(packet.tuple), trip.probe->host));
}

/// Key 5a: a SYN-ACK to the probe's own tuple, for the probe's own SYN, from somebody else. A RST instead is the member's
/// refusal, and it came past the balancer as well.
void Correlator::find_own_tuple_answers(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (!own || trip.came_back) return;
  for (const auto* flow : by_host_[trip.probe->host]) {
    if (flow->tuple.source != own->tuple.source || flow->tuple.destination == own->tuple.destination) continue;
    const auto& first = *flow->packets.front();
    if (first.is_refusal() && first.direction == Direction::in && answers(first, *own)) claim(trip, *flow, MatchKey::isn);
    const auto* answer = unsolicited_syn_ack(*flow);
    if (!answer || !answers(*answer, *own)) continue;
    trip.third_address = answer;
    trip.third_address_match = MatchKey::isn;
    claim(trip, *flow, MatchKey::isn);
    return;
  }
}

/// The self-hairpin: a SYN comes in with this host's own source address. Through L4 NAT it is our SYN; a transparent
/// proxy sends its own, which can only be told by time.
void Correlator::find_came_back(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  for (const auto* flow : by_host_[trip.probe->host]) {
    const auto* syn = flow->syn();
    if (!syn || syn->direction != Direction::in) continue;
    const bool is_in_our_name = syn->tuple.source == trip.probe->local || is_own_address(trip.probe->host, syn->tuple.source.address);
    if (!is_in_our_name) continue;
    if (own && own->syn() && syn->tuple.source == own->tuple.source && syn->sequence == own->syn()->sequence) {
      trip.came_back_match = MatchKey::isn;
    } else {
      const bool is_to_own_member = is_member_endpoint(trip, syn->tuple.destination) &&
                                    is_own_address(trip.probe->host, syn->tuple.destination.address);
      if (!is_to_own_member || is_claimed(*flow) || !is_only_open_trip(trip, *syn)) continue;
      if (is_refused_for_doubt(trip, syn->tuple.source, syn->tuple.destination, *syn)) continue;
      trip.came_back_match = MatchKey::inferred;
    }
    trip.came_back = syn;
    claim(trip, *flow, trip.came_back_match);
    const auto [begin, end] = by_tuple_.equal_range(flow->tuple);
    for (auto it = begin; it != end; ++it) {  // the same SYN as the balancer sent it, and what stayed on lo
      const auto& same = *it->second;
      const bool is_same = !same.syn() || same.syn()->sequence == syn->sequence;
      if (is_same && !is_claimed(same) && is_within(trip, *same.packets.front())) claim(trip, same, trip.came_back_match);
    }
    return;
  }
}

/// The SYN-ACK answers what the balancer itself opened: its capture saw the SYN leave, and not come in.
bool Correlator::is_balancers_syn(const PacketObservation& answer) const {
  const auto [begin, end] = by_tuple_.equal_range(answer.tuple.reversed());
  const auto has_seen = [&, first = begin, last = end](Direction direction) {
    return std::any_of(first, last, [&](const auto& entry) {
      const auto* syn = entry.second->syn();
      return syn && roster_.load_balancers.contains(syn->host) && syn->direction == direction &&
             syn->sequence + 1 == answer.acknowledgement;
    });
  };
  return has_seen(Direction::out) && !has_seen(Direction::in);
}

/// This host dialled the same endpoints, and nobody else was seen to send the SYN that is answered: it may be an answer to what the host
/// itself once sent, repeated or given another number on the way.
bool Correlator::may_answer_an_own_connection(const std::string& host, const PacketObservation& answer) const {
  const auto [begin, end] = by_tuple_.equal_range(answer.tuple.reversed());
  const auto has_seen = [&, first = begin, last = end](bool is_own) {
    return std::any_of(first, last, [&](const auto& entry) {
      const auto* syn = entry.second->syn();
      if (!syn || (syn->host == host) != is_own) return false;
      return is_own ? syn->direction == Direction::out : syn->sequence + 1 == answer.acknowledgement;
    });
  };
  return has_seen(true) && !has_seen(false);
}

/// Key 5b: the member answers the proxy's SYN, but to the source: a SYN-ACK from a member's service port that answers
/// no SYN which left this host.
void Correlator::find_foreign_syn_acks(Trip& trip) {
  if (trip.came_back || trip.third_address) return;
  const bool is_reliable = reliable_.contains(trip.probe->host);
  for (const auto* flow : by_host_[trip.probe->host]) {
    const auto* answer = unsolicited_syn_ack(*flow);
    if (!answer || is_claimed(*flow) || !is_member_endpoint(trip, answer->tuple.source)) continue;
    if (!is_own_address(trip.probe->host, answer->tuple.destination.address)) continue;
    if (!is_only_open_trip(trip, *answer)) continue;
    const bool may_be_dropped = !is_reliable && !is_balancers_syn(*answer);  // the SYN that it answers
    if (may_be_dropped || may_answer_an_own_connection(trip.probe->host, *answer)) {
      note_doubt(trip, *answer);
      continue;
    }
    if (is_refused_for_doubt(trip, answer->tuple.destination, answer->tuple.source, *answer)) continue;
    trip.third_address = answer;
    trip.third_address_match = MatchKey::inferred;
    const auto [begin, end] = by_tuple_.equal_range(flow->tuple);
    for (auto it = begin; it != end; ++it) {
      const auto* syn = it->second->syn();
      if (!syn || syn->sequence + 1 != answer->acknowledgement || it->second->host == trip.probe->host) continue;
      if (claim(trip, *it->second, MatchKey::third_address)) trip.third_address_match = MatchKey::third_address;
    }
    claim(trip, *flow, trip.third_address_match);
    return;
  }
}

/// A host's own direct connections leave that host, whoever else sees them; a proxy's SYN in its name does not.
bool Correlator::left(const std::string& host, const PacketObservation& syn) const {
  const auto [begin, end] = by_tuple_.equal_range(syn.tuple);
  return std::any_of(begin, end, [&](const auto& entry) {
    const auto* seen = entry.second->syn();
    return seen && entry.second->host == host && seen->direction == Direction::out && is_same_syn(*seen, syn);
  });
}

}  // namespace hairpin

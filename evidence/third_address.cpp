// SPDX-License-Identifier: Apache-2.0
// Keys 5 and 6: what arrives at the source without belonging to a connection that it opened, and what only the order
// of events can join.
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

/// A flow that this host did not open: the first thing seen of it is somebody's SYN-ACK.
const PacketObservation* unsolicited_syn_ack(const Flow& flow) {
  const auto* first = flow.packets.front();
  return first->is_syn_ack() && first->direction != Direction::out && !flow.syn() ? first : nullptr;
}

}  // namespace

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

/// A proxy's connection to a member that no number joins to the trip: it is another's when another connection of this
/// host to the same VIP has its port, and may be when another program opened one in the last seconds. A proxy connects
/// to the member only after the handshake with the source: without the VIP's SYN-ACK it cannot be ours at all.
bool Correlator::may_be_anothers(const Trip& trip, const Endpoint& opener, const PacketObservation& packet) const {
  constexpr std::chrono::seconds kRecent{3};
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (own && !own->syn_ack()) return true;
  if (opener == trip.probe->local) return false;
  const auto seen = by_host_.find(trip.probe->host);
  if (seen == by_host_.end()) return false;
  return std::any_of(seen->second.begin(), seen->second.end(), [&](const Flow* flow) {
    const auto& [source, destination] = flow->tuple;
    if (destination != trip.probe->target.endpoint || source == trip.probe->local) return false;
    const auto age = packet.time - flow->packets.front()->time;
    const bool is_foreign = !dialled_.contains({flow->host, source});
    return source == opener || (is_foreign && age >= nanoseconds(0) && age <= kRecent);
  });
}

/// Key 5a: a SYN-ACK to the probe's own tuple, for the probe's own SYN, from somebody else.
void Correlator::find_own_tuple_answers(Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  if (!own || trip.came_back) return;
  for (const auto* flow : by_host_[trip.probe->host]) {
    if (flow->tuple.source != own->tuple.source || flow->tuple.destination == own->tuple.destination) continue;
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
    if (!syn || syn->direction != Direction::in || !is_own_address(trip.probe->host, syn->tuple.source.address)) continue;
    if (own && own->syn() && syn->tuple.source == own->tuple.source && syn->sequence == own->syn()->sequence) {
      trip.came_back_match = MatchKey::isn;
    } else {
      const bool is_to_own_member = is_member_endpoint(trip, syn->tuple.destination) &&
                                    is_own_address(trip.probe->host, syn->tuple.destination.address);
      if (!is_to_own_member || is_claimed(*flow) || !is_only_open_trip(trip, *syn)) continue;
      if (may_be_anothers(trip, syn->tuple.source, *syn)) continue;
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

/// Key 5b: the member answers the proxy's SYN, but to the source: a SYN-ACK from a member's service port that answers
/// no SYN which left this host.
void Correlator::find_foreign_syn_acks(Trip& trip) {
  if (trip.came_back || trip.third_address) return;
  for (const auto* flow : by_host_[trip.probe->host]) {
    const auto* answer = unsolicited_syn_ack(*flow);
    if (!answer || is_claimed(*flow) || !is_member_endpoint(trip, answer->tuple.source)) continue;
    if (!is_own_address(trip.probe->host, answer->tuple.destination.address)) continue;
    if (!is_only_open_trip(trip, *answer) || may_be_anothers(trip, answer->tuple.destination, *answer)) continue;
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

/// Key 6: the only connection to a member that began while this was the only open trip without a server leg.
void Correlator::infer_server_leg(Trip& trip) {
  const bool is_known = trip.responder || trip.probe->answer || !trip.server_leg.empty();
  if (is_known || trip.client_leg.empty()) return;
  std::map<std::pair<Tuple, std::uint32_t>, std::vector<const Flow*>> candidates;
  for (const auto* heard : heard_) {
    const auto& flow = *heard;
    const auto* syn = flow.syn();
    if (!syn || is_claimed(flow) || !is_member_endpoint(trip, flow.tuple.destination) || !is_within(trip, *syn)) continue;
    const auto& opener = flow.tuple.source.address;
    const auto opener_name = roster_.name_of(opener);
    const bool is_balancers = !opener_name.empty() && roster_.load_balancers.contains(opener_name);
    const bool is_the_sources = is_own_address(trip.probe->host, opener);
    // A host's own direct connections leave that host; a proxy's SYN in its name does not.
    const bool left_its_host = syn->host == trip.probe->host && syn->direction == Direction::out;
    if ((is_balancers || is_the_sources || opener_name.empty()) && !left_its_host)
      candidates[{flow.tuple, syn->sequence}].push_back(&flow);
  }
  if (candidates.empty()) return;
  const auto rivals = std::count_if(trips_.begin(), trips_.end(), [&](const Trip& other) {
    return &other != &trip && !other.is_direct() && other.server_leg.empty() &&
           other.probe->target.endpoint == trip.probe->target.endpoint &&
           is_within(other, *candidates.begin()->second.front()->syn());
  });
  const bool keeps_the_port = candidates.size() == 1 && candidates.begin()->first.first.source == trip.probe->local;
  if (candidates.size() > 1 || (rivals > 0 && !keeps_the_port)) {
    trip.ambiguities.push_back(fmt::format("{} connections to members and {} other trips were open at the same time",
                                           candidates.size(), rivals));
    return;
  }
  for (const auto* flow : candidates.begin()->second) claim(trip, *flow, MatchKey::inferred);
}

}  // namespace hairpin

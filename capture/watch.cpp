// SPDX-License-Identifier: Apache-2.0
#include "capture/watch.hpp"

#include <algorithm>

namespace hairpin::capture {
namespace {

constexpr std::size_t kFlows = 16384;
/// For so long after another program dialled the VIP, a proxy's connection to a member may be that program's.
constexpr std::chrono::seconds kForeignDoubt{3};

}  // namespace

Watch::Watch(const std::vector<IpAddress>& own, const std::vector<Endpoint>& members, OnDecided on_decided)
    : own_(own.begin(), own.end()),
      members_(members.begin(), members.end()),
      on_decided_(std::move(on_decided)),
      flows_(kFlows) {}

void Watch::dialled(const Tuple& tuple, const TripId& trip) {
  departures_.expect(tuple);
  ended(trip);
  // A direct control is answered by whom it dialled, or not at all: nothing here could decide it earlier.
  if (is_member(tuple.destination)) return;
  auto& open = trips_.emplace_back();
  open.id = trip;
  open.tuple = tuple;
}

void Watch::ended(const TripId& trip) {
  std::erase_if(trips_, [&](const OpenTrip& open) { return open.id == trip; });
}

void Watch::see(const PacketObservation& packet) {
  const bool is_incoming = packet.direction == Direction::in;
  Judgement judged;
  if (packet.is_syn() && is_own(packet.tuple.source)) {
    if (is_incoming)
      judged = judge_arrival(packet);
    else
      note_departure(packet);
  } else if ((packet.is_syn_ack() || packet.is_refusal()) && is_incoming && !is_own(packet.tuple.source) &&
             is_own(packet.tuple.destination)) {
    judged = judge_answer(packet);
  }
  flows_.add(packet);
  if (!judged.trip || judged.trip->is_decided) return;
  judged.trip->is_decided = true;
  const TripId trip = judged.trip->id;  // the callback may end the trip
  on_decided_(trip, judged.decision, packet);
}

void Watch::note_departure(const PacketObservation& syn) {
  departures_.add(syn);
  for (auto& trip : trips_) {
    if (trip.tuple != syn.tuple) continue;
    if (trip.isn != syn.sequence) {
      trip.isn = syn.sequence;
      trip.departed = syn.time;
      trip.first_timestamp = syn.timestamp_value;
    }
    trip.last_timestamp = syn.timestamp_value;
  }
}

/// Key 5a: ack = ISN+1 and, where both have the option, a TSecr that one of our SYNs carried as TSval.
bool Watch::OpenTrip::is_answered_by(const PacketObservation& syn_ack) const {
  if (!isn || syn_ack.acknowledgement != *isn + 1) return false;
  if (!syn_ack.timestamp_echo || !first_timestamp || !last_timestamp) return true;
  return *syn_ack.timestamp_echo - *first_timestamp <= *last_timestamp - *first_timestamp;
}

Watch::Judgement Watch::judge_answer(const PacketObservation& syn_ack) {
  const auto& [answering, answered] = syn_ack.tuple;
  if (departures_.is_from_whom_it_dialled(syn_ack)) return {};
  for (auto& trip : trips_)
    if (trip.tuple.source == answered && trip.is_answered_by(syn_ack))
      return {&trip, Decision::third_address};
  if (departures_.has_left(syn_ack.tuple.reversed())) return {};  // repeated, for an earlier connection of that port
  if (syn_ack.is_refusal() || !is_member(answering) || departures_.is_answer(syn_ack)) return {};
  const auto* flow = flows_.find(syn_ack.tuple);
  if (flow && flow->acknowledged == syn_ack.acknowledgement)
    return {};  // seen before, maybe before this trip
  return {trip_behind(answered, syn_ack.time), Decision::inferred_third_address};
}

Watch::Judgement Watch::judge_arrival(const PacketObservation& syn) {
  const auto& [source, destination] = syn.tuple;
  for (auto& trip : trips_)
    if (trip.tuple.source == source && trip.isn == syn.sequence) return {&trip, Decision::came_back};
  if (!is_member(destination) || !is_own(destination)) return {};
  const auto* flow = flows_.find(syn.tuple);
  if (flow && flow->is_forward(syn) && flow->isn == syn.sequence) return {};
  return {trip_behind(source, syn.time), Decision::came_back};
}

/// The trip for which a proxy opened a connection in this host's name, from the endpoint `borrowed`; null
/// when that cannot be told. A proxy that keeps the port says it; otherwise there must be no other candidate.
Watch::OpenTrip* Watch::trip_behind(const Endpoint& borrowed, WallTime time) {
  const bool keeps_port = std::any_of(trips_.begin(), trips_.end(),
                                      [&](const OpenTrip& open) { return open.tuple.source == borrowed; });
  // Otherwise the port is that of a trip which has ended, or of another program.
  if (!keeps_port && departures_.has_left_from(borrowed)) return nullptr;
  OpenTrip* only = nullptr;
  for (auto& open : trips_) {
    const bool is_possible = keeps_port ? open.tuple.source == borrowed
                                        : open.tuple.source.address.family == borrowed.address.family;
    if (!is_possible || !open.isn || open.departed > time) continue;
    if (only) return nullptr;
    only = &open;
  }
  if (keeps_port) return only;
  if (!only || departures_.has_foreign_to(only->tuple.destination, time - kForeignDoubt)) return nullptr;
  return only;
}

}  // namespace hairpin::capture

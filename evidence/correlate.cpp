// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "evidence/correlator.hpp"

namespace hairpin {
bool mentions(const Trip& trip, const Flow& flow) {
  const auto is_it = [&](const MatchedFlow& leg) { return leg.flow == &flow; };
  return std::any_of(trip.client_leg.begin(), trip.client_leg.end(), is_it) ||
         std::any_of(trip.server_leg.begin(), trip.server_leg.end(), is_it);
}

bool stayed_on_loopback(const Flow& flow) {
  const auto& first = *flow.packets.front();
  return flow.interface == "lo" && first.source_mac == MacAddress{} && first.destination_mac == MacAddress{};
}

bool is_same_syn(const PacketObservation& left, const PacketObservation& right) {
  if (left.sequence != right.sequence) return false;
  return !left.timestamp_value || !right.timestamp_value || left.timestamp_value == right.timestamp_value;
}

Correlator::Correlator(const Observations& observations, const std::vector<Flow>& flows, const Roster& roster)
    : observations_(observations), flows_(flows), roster_(roster), reliable_(reliable_hosts(observations)) {
  for (const auto& flow : flows_) {
    if (is_overheard(flow)) continue;
    heard_.push_back(&flow);
    by_tuple_.emplace(flow.tuple, &flow);
    by_host_[flow.host].push_back(&flow);
    if (const auto* syn = flow.syn()) by_isn_.emplace(syn->sequence, &flow);
    for (const auto* packet : flow.packets)
      if (packet->client_random) {
        auto& same = by_client_random_[*packet->client_random];
        if (same.empty() || same.back() != &flow) same.push_back(&flow);
      }
  }
  for (const auto& seen : observations_.responders) {
    if (seen.trip) by_trip_id_.emplace(*seen.trip, &seen);
    by_accepted_.emplace(Tuple{seen.peer, seen.local}, &seen);
  }
  for (const auto& agent : observations_.agents) clocks_[agent.host] = &agent;
  trips_.reserve(observations_.probes.size());
  for (const auto& probe : observations_.probes) {
    trips_.emplace_back().probe = &probe;
    if (probe.local) dialled_.emplace(probe.host, *probe.local);
    trips_of_source_[probe.host].push_back(&trips_.back());
  }
  find_monitors();
}

std::vector<Trip> Correlator::run() {
  match_entries();
  for (auto& trip : trips_) {
    find_client_leg(trip);
    match_responder(trip);
    if (trip.is_direct())  // the control's packets belong to nobody else
      for (const auto& leg : trip.client_leg) claimed_.insert(leg.flow);
  }
  for (auto& trip : trips_) match_server_leg(trip);
  for (auto& trip : trips_) {
    if (trip.is_direct()) continue;
    find_came_back(trip);
    find_own_tuple_answers(trip);
  }
  for (auto& trip : trips_)
    if (!trip.is_direct()) find_foreign_syn_acks(trip);
  for (auto& trip : trips_)
    if (!trip.is_direct()) infer_server_leg(trip);
  for (auto& trip : trips_)
    if (!trip.is_direct()) complete_server_leg(trip);
  for (auto& trip : trips_) name_member(trip);
  return std::move(trips_);
}

/// A switch floods frames for a MAC that it has not learnt, and a capture hears them: they went to somebody else. Only
/// a balancer's own sends may carry a MAC that is not its interface's (VRRP).
bool Correlator::is_overheard(const Flow& flow) const {
  return !roster_.load_balancers.contains(flow.host) && !stayed_on_loopback(flow) &&
         std::all_of(flow.packets.begin(), flow.packets.end(),
                     [](const auto* packet) { return packet->direction == Direction::unknown; });
}

bool Correlator::claim(Trip& trip, const Flow& flow, MatchKey key) {
  if (mentions(trip, flow)) return true;
  if (!claimed_.insert(&flow).second) return false;
  trip.server_leg.push_back({&flow, key});
  return true;
}

bool Correlator::is_member_endpoint(const Trip& trip, const Endpoint& endpoint) const {
  const auto members = roster_.members_of.find(trip.probe->target.endpoint);
  return members != roster_.members_of.end() &&
         std::find(members->second.begin(), members->second.end(), endpoint) != members->second.end();
}

bool Correlator::is_own_address(const std::string& host, const IpAddress& address) const {
  const auto own = roster_.addresses_of.find(host);
  return own != roster_.addresses_of.end() && own->second.contains(address);
}

bool Correlator::is_within(const Trip& trip, const PacketObservation& packet) const {
  const auto margin = packet.host == trip.probe->host ? kSlack : kSlack + clock_margin(packet.host, trip.probe->host);
  const auto time = on_common_clock(packet.host, packet.time);
  return time >= on_common_clock(trip.probe->host, trip.probe->started) - margin &&
         time <= on_common_clock(trip.probe->host, trip.probe->ended) + margin;
}

nanoseconds Correlator::clock_margin(const std::string& left, const std::string& right) const {
  nanoseconds margin{0};
  for (const auto& host : {left, right})
    if (const auto clock = clocks_.find(host); clock != clocks_.end()) margin += clock->second->clock_error;
  return margin;
}

WallTime Correlator::on_common_clock(const std::string& host, WallTime time) const {
  const auto clock = clocks_.find(host);
  return clock == clocks_.end() ? time : time - clock->second->clock_offset;
}

/// At the source by tuple and time (its own clock); elsewhere by tuple and the same SYN.
void Correlator::find_client_leg(Trip& trip) const {
  if (!trip.probe->local) return;
  const Tuple tuple{*trip.probe->local, trip.probe->target.endpoint};
  const auto [begin, end] = by_tuple_.equal_range(tuple);
  for (auto it = begin; it != end; ++it)
    if (it->second->host == trip.probe->host && is_within(trip, *it->second->packets.front()))
      trip.client_leg.push_back({it->second, MatchKey::isn});
  const auto* own = trip.client_leg_at(trip.probe->host);
  const auto* syn = own ? own->syn() : nullptr;
  std::set<std::string> hosts;
  for (auto it = begin; it != end; ++it) {
    const auto& flow = *it->second;
    const auto* seen = flow.syn();
    if (flow.host == trip.probe->host || !syn || !seen || syn->sequence != seen->sequence) continue;
    trip.client_leg.push_back({&flow, MatchKey::isn});
    hosts.insert(flow.host);
  }
  // A firewall on the way may give the SYN another number: then tuple and time have to do.
  for (auto it = begin; it != end; ++it) {
    const auto& flow = *it->second;
    if (flow.host == trip.probe->host || hosts.contains(flow.host) || !is_within(trip, *flow.packets.front())) continue;
    trip.client_leg.push_back({&flow, MatchKey::inferred});
  }
}

/// Keys 1 and 2: the request's trip id; else the exporter, which only the two ends of one TLS session share.
void Correlator::match_responder(Trip& trip) {
  if (const auto told = by_trip_id_.find(trip.probe->trip); told != by_trip_id_.end()) {
    trip.responder = told->second;
    trip.responder_match = MatchKey::trip_id;
    return;
  }
  if (!trip.probe->tls || trip.probe->tls->exporter.empty()) return;
  for (const auto& seen : observations_.responders)
    if (!seen.trip && seen.tls && seen.tls->exporter == trip.probe->tls->exporter) {
      trip.responder = &seen;
      trip.responder_match = MatchKey::exporter;
      return;
    }
}

void Correlator::name_member(Trip& trip) const {
  if (trip.is_direct()) {
    trip.member = trip.probe->target.member;
  } else if (trip.responder) {
    trip.member = trip.responder->host;
    trip.member_match = trip.responder_match;
  } else if (trip.probe->answer && trip.probe->answer->trip == trip.probe->trip) {
    trip.member = trip.probe->answer->name;
    trip.member_match = MatchKey::trip_id;
  } else if (!trip.server_leg.empty()) {
    const auto& leg = trip.server_leg.front();
    trip.member = roster_.name_of(leg.flow->tuple.destination.address);
    const auto& destination = leg.flow->tuple.destination;
    const bool is_vip = destination == trip.probe->target.endpoint;  // nPath: whoever saw it arrive
    if (trip.member.empty()) trip.member = is_vip ? leg.flow->host : to_string(destination.address);
    trip.member_match = leg.match;
  } else if (trip.third_address) {
    trip.member = roster_.name_of(trip.third_address->tuple.source.address);
    trip.member_match = trip.third_address_match;
  } else if (trip.entry && trip.entry->member) {
    const auto& address = trip.entry->member->address;
    trip.member = roster_.name_of(address);
    if (trip.member.empty()) trip.member = to_string(address);
    trip.member_match = MatchKey::connection_table;
  }
}

std::vector<Trip> correlate(const Observations& observations, const std::vector<Flow>& flows, const Roster& roster) {
  return Correlator(observations, flows, roster).run();
}

}  // namespace hairpin

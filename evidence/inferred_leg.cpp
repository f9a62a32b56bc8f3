// SPDX-License-Identifier: Apache-2.0
// Key 6: which connection to a member was made for a trip, where only the order of events can join them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evidence/correlator.hpp"

namespace hairpin {

/// The member's responder knows whose it is: another trip's, or a monitor's that it answered.
bool Correlator::is_accounted(const Flow& flow, const PacketObservation& syn) const {
  const auto [begin, end] = by_accepted_.equal_range(flow.tuple);
  return std::any_of(begin, end, [&](const auto& entry) {
    const auto& seen = *entry.second;
    const auto apart = std::chrono::abs(on_common_clock(seen.host, seen.accepted) - on_common_clock(syn.host, syn.time));
    return (seen.trip || seen.end == End::answered) && apart < kRecent + clock_margin(seen.host, syn.host);
  });
}

/// The balancer's own capture lost nothing and has not seen our SYN: then it opened no connection for this trip. Any
/// balancer that saw it will do (the other unit of a pair).
bool Correlator::never_reached_balancer(const Trip& trip) const {
  const auto balancer = roster_.balancer_of.find(trip.probe->target.endpoint);
  if (balancer == roster_.balancer_of.end() || !reliable_.contains(balancer->second)) return false;
  return std::none_of(trip.client_leg.begin(), trip.client_leg.end(), [&](const MatchedFlow& leg) {
    return roster_.load_balancers.contains(leg.flow->host);
  });
}

bool was_greeted(const Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  return own ? own->syn_ack() != nullptr : trip.probe->ended_in != Phase::connect || trip.is_answered();
}

/// Without the VIP's SYN-ACK no proxy went on, and an L4 balancer keeps our port. One that gives the SYN another port and
/// another number looks like a monitor: then it is not known, unless monitors come from that address.
void Correlator::leave_what_keeps_the_port(Trip& trip, std::vector<const Flow*>& candidates) const {
  const auto port = trip.probe->local ? trip.probe->local->port : 0;
  const bool is_in_doubt = std::any_of(candidates.begin(), candidates.end(), [&](const Flow* flow) {
    return flow->tuple.source.port != port && !monitors_.contains(flow->tuple.source.address);
  });
  std::erase_if(candidates, [&](const Flow* flow) { return flow->tuple.source.port != port; });
  if (is_in_doubt && candidates.empty())
    trip.ambiguities.push_back("the VIP did not answer, and a connection from another port to a member may be a monitor's");
}

/// Where a balancer's monitors come from: what it opened to a member while no trip was open, nor just before.
void Correlator::find_monitors() {
  std::set<Endpoint> services;
  for (const auto& [vip, members] : roster_.members_of) services.insert(members.begin(), members.end());
  const auto is_for_a_trip = [&](const PacketObservation& syn) {
    const auto time = on_common_clock(syn.host, syn.time);
    return std::any_of(trips_.begin(), trips_.end(), [&](const Trip& trip) {
      const auto& probe = *trip.probe;
      const auto margin = kRecent + clock_margin(syn.host, probe.host);
      return time >= on_common_clock(probe.host, probe.started) - margin && time <= on_common_clock(probe.host, probe.ended) + margin;
    });
  };
  for (const auto* flow : heard_) {
    const auto* syn = flow->syn();
    if (!syn || !services.contains(flow->tuple.destination)) continue;
    const auto& opener = flow->tuple.source.address;
    const bool is_balancers = roster_.load_balancers.contains(roster_.name_of(opener));
    if (is_balancers && !monitors_.contains(opener) && !is_for_a_trip(*syn)) monitors_.insert(opener);
  }
  for (const auto& seen : observations_.responders) {
    const bool is_visit = !seen.trip && seen.end == End::answered && roster_.load_balancers.contains(roster_.name_of(seen.peer.address));
    if (is_visit) monitors_.insert(seen.peer.address);
  }
}

/// What a proxy may have opened for this trip, in order of time: nobody's yet, to a member, within the trip, and in the
/// name of the balancer, the source, or somebody whom nobody declared.
std::vector<const Flow*> Correlator::possible_server_legs(const Trip& trip) const {
  const bool is_unanswered = !was_greeted(trip);
  std::vector<const Flow*> possible;
  for (const auto* heard : heard_) {
    const auto& flow = *heard;
    const auto* syn = flow.syn();
    if (!syn || is_claimed(flow) || !is_member_endpoint(trip, flow.tuple.destination) || !is_within(trip, *syn)) continue;
    // An L4 balancer passes the member's SYN-ACK on; a proxy goes on only after its own.
    if (is_unanswered && flow.syn_ack() && flow.tuple.source != trip.probe->local) continue;
    if (is_accounted(flow, *syn)) continue;
    const auto& opener = flow.tuple.source.address;
    const auto opener_name = roster_.name_of(opener);
    const bool is_balancers = !opener_name.empty() && roster_.load_balancers.contains(opener_name);
    const bool is_the_sources = is_own_address(trip.probe->host, opener);
    const bool is_in_our_name = is_the_sources && flow.tuple.source != trip.probe->local;
    // Whether a SYN came back to its sender was judged before; where it was left in doubt, it is no server leg either. One
    // that kept our port and never arrived is ours: the network lost it.
    if (is_in_our_name && is_own_address(trip.probe->host, flow.tuple.destination.address)) continue;
    if (is_in_our_name && may_be_anothers(trip, flow.tuple.source, *syn)) continue;
    if ((is_balancers || is_the_sources || opener_name.empty()) && !left(trip.probe->host, *syn)) possible.push_back(&flow);
  }
  std::stable_sort(possible.begin(), possible.end(), [this](const Flow* left, const Flow* right) {
    return on_common_clock(left->host, left->syn()->time) < on_common_clock(right->host, right->syn()->time);
  });
  return possible;
}

/// Probes of lost agents that nobody reported, and that may have opened this connection: each lost agent's last one, after
/// the last that was reported.
std::ptrdiff_t Correlator::unreported_trips(const PacketObservation& syn) const {
  const auto time = on_common_clock(syn.host, syn.time);
  return std::count_if(clocks_.begin(), clocks_.end(), [&](const auto& entry) {
    const auto* agent = entry.second;
    if (agent->state != AgentState::lost || roster_.load_balancers.contains(agent->host)) return false;
    return std::none_of(trips_.begin(), trips_.end(), [&](const Trip& trip) {
      return trip.probe->host == agent->host && on_common_clock(agent->host, trip.probe->ended) > time;
    });
  });
}

/// Key 6: the only connection to a member that began while this was the only open trip without a server leg. A proxy,
/// which has answered for the VIP, may try one member again and again, also for a trip before: whichever is ours, it went
/// there.
void Correlator::infer_server_leg(Trip& trip) {
  const bool is_told = trip.entry && trip.entry->member;  // by the balancer itself: what time suggests beside that is another's
  const bool is_known = trip.responder || trip.probe->answer || is_told || !trip.server_leg.empty();
  if (is_known || trip.client_leg.empty()) return;
  auto candidates = possible_server_legs(trip);
  if (candidates.empty()) return;
  if (never_reached_balancer(trip)) {
    if (was_greeted(trip))
      trip.ambiguities.push_back("the VIP greeted the source, and its balancer's capture did not see the connection");
    return;
  }
  if (!was_greeted(trip)) leave_what_keeps_the_port(trip, candidates);
  if (candidates.empty()) return;
  const auto& first = *candidates.front();
  const auto all = [&](auto&& is_so) { return std::all_of(candidates.begin(), candidates.end(), is_so); };
  const auto is_first = [&](const Flow* flow) {
    return flow->tuple == first.tuple && flow->syn()->sequence == first.syn()->sequence;
  };
  const auto* own = trip.client_leg_at(trip.probe->host);
  const bool is_one_member = own && own->syn_ack() &&
                             all([&](const Flow* flow) { return flow->tuple.destination == first.tuple.destination; });
  const bool keeps_the_port = all(is_first) && first.tuple.source == trip.probe->local;
  const auto rivals = std::count_if(trips_.begin(), trips_.end(), [&](const Trip& other) {
    return &other != &trip && !other.is_direct() && other.server_leg.empty() &&
           other.probe->target.endpoint == trip.probe->target.endpoint &&
           !all([&](const Flow* flow) { return !is_within(other, *flow->syn()); });
  }) + unreported_trips(*candidates.back()->syn());
  if ((!all(is_first) && !is_one_member) || (rivals > 0 && !keeps_the_port)) {
    std::set<std::pair<Tuple, std::uint32_t>> connections;
    for (const auto* flow : candidates) connections.insert({flow->tuple, flow->syn()->sequence});
    trip.ambiguities.push_back(fmt::format("{} connections to members and {} other trips were open at the same time",
                                           connections.size(), rivals));
    return;
  }
  for (const auto* flow : candidates)
    if (is_first(flow)) claim(trip, *flow, MatchKey::inferred);
  trip.may_be_monitors = monitors_.contains(first.tuple.source.address);
}

}  // namespace hairpin

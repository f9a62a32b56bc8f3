// SPDX-License-Identifier: Apache-2.0
#include "checks/monitors.hpp"

#include <algorithm>
#include <set>

#include "checks/roster.hpp"

namespace hairpin {
namespace {

bool is_service_port(const Pool& pool, std::uint16_t port) {
  return std::any_of(pool.virtual_servers.begin(), pool.virtual_servers.end(),
                     [port](const VirtualServer& server) { return server.member_port == port; });
}

/// A balancer opens connections to members for us as well, for a while also after the caller has gone (HAProxy tries three
/// times, a second apart). What comes from its own address meanwhile may be ours.
bool may_be_ours(const Pool& pool, const Observations& observations, WallTime time) {
  constexpr std::chrono::milliseconds kBefore{200};
  constexpr std::chrono::seconds kAfter{4};
  return std::any_of(observations.probes.begin(), observations.probes.end(), [&](const ProbeObservation& probe) {
    return probe.target.pool == pool.name && probe.target.member.empty() && time >= probe.started - kBefore &&
           time <= probe.ended + kAfter;
  });
}

/// What the monitor of one pool's balancer did at one member.
struct Visits {
  bool has_knocked = false;
  std::size_t accepted = 0;
};

Visits visits_of(const Pool& pool, const std::string& member, const Roster& roster,
                 const Observations& observations) {
  Visits visits;
  for (const auto& packet : observations.packets)
    visits.has_knocked |= packet.host == member && packet.is_syn() && packet.direction != Direction::out &&
                          is_service_port(pool, packet.tuple.destination.port) &&
                          checks::has_address(roster, pool.load_balancer, packet.tuple.source.address) &&
                          !may_be_ours(pool, observations, packet.time);
  for (const auto& accepted : observations.responders)
    if (accepted.host == member && !accepted.trip && is_service_port(pool, accepted.local.port) &&
        checks::has_address(roster, pool.load_balancer, accepted.peer.address))
      ++visits.accepted;
  visits.has_knocked |= visits.accepted > 0;
  return visits;
}

/// The member completed a handshake with the balancer itself, whatever listened there.
bool has_greeted_monitor(const Pool& pool, const std::string& member, const Roster& roster,
                         const Observations& observations) {
  return std::any_of(observations.packets.begin(), observations.packets.end(), [&](const PacketObservation& packet) {
    return packet.host == member && packet.is_syn_ack() && packet.direction == Direction::out &&
           is_service_port(pool, packet.tuple.source.port) &&
           checks::has_address(roster, pool.load_balancer, packet.tuple.destination.address);
  });
}

}  // namespace

std::vector<std::string> members_awaiting_monitor(const Topology& topology, const Roster& roster,
                                                  const Observations& observations) {
  std::set<std::string> waiting;
  for (const auto& pool : topology.pools) {
    bool has_monitor = false;
    std::set<std::string> unfound;
    for (const auto& member : pool.members) {
      const auto visits = visits_of(pool, member, roster, observations);
      has_monitor |= visits.has_knocked;
      if (visits.accepted < kMonitorVisits) unfound.insert(member);
    }
    if (has_monitor) waiting.insert(unfound.begin(), unfound.end());
  }
  return {waiting.begin(), waiting.end()};
}

bool has_monitor(const Topology& topology, const Roster& roster, const Observations& observations) {
  for (const auto& pool : topology.pools)
    for (const auto& member : pool.members)
      if (visits_of(pool, member, roster, observations).has_knocked) return true;
  return false;
}

Monitor monitor_of(const Pool& pool, const Roster& roster, const Observations& observations) {
  std::size_t visited = 0, answered = 0;
  for (const auto& member : pool.members) {
    const auto visits = visits_of(pool, member, roster, observations);
    if (visits.has_knocked) ++visited;
    if (visits.accepted > 0 || has_greeted_monitor(pool, member, roster, observations)) ++answered;
  }
  if (visited == 0) return Monitor::unseen;
  return visited == pool.members.size() && answered == 0 ? Monitor::finds_nobody : Monitor::visits;
}

bool are_all_turned_away(const std::vector<Trip>& trips) {
  bool is_one = false;
  for (const auto& trip : trips) {
    if (trip.is_direct()) continue;
    is_one = true;
    const auto end = trip.probe->end;
    const bool is_turned_away = end == End::refused || end == End::reset || end == End::closed ||
                                (end == End::answered && trip.probe->http_status && !trip.probe->answer);
    if (!is_turned_away || !trip.member.empty() || trip.third_address || trip.came_back) return false;
  }
  return is_one;
}

}  // namespace hairpin

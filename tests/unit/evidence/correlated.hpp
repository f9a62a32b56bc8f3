// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/roster.hpp"
#include "tests/unit/scene/scene.hpp"

namespace hairpin::test {

/// Trips of a scene, with what they point into.
struct Correlated {
  explicit Correlated(const Scene& scene)
      : roster(checks::roster_of(scene.topology)), flows(sort_into_flows(scene.observations.packets)),
        trips(correlate(scene.observations, flows, roster)) {}
  Roster roster;
  std::vector<Flow> flows;
  std::vector<Trip> trips;
};

inline void renumber(Endpoint& endpoint, std::uint16_t from, std::uint16_t to) {
  if (endpoint.port == from) endpoint.port = to;
}

/// Every packet and every account of port `from` is about port `to`.
inline void renumber(Scene& scene, std::uint16_t from, std::uint16_t to) {
  for (auto& packet : scene.observations.packets) {
    renumber(packet.tuple.source, from, to);
    renumber(packet.tuple.destination, from, to);
  }
  for (auto& probe : scene.observations.probes) renumber(*probe.local, from, to);
  for (auto& seen : scene.observations.responders) renumber(seen.peer, from, to);
}

inline Tuple proxied(const Scene& scene, const std::string& member) {
  return {{*parse_address("10.137.2.4"), 50000}, scene.service(member)};
}

/// The VIP's handshake with a source, of which nothing more is known.
inline ProbeObservation& established(Scene& scene, const std::string& source) {
  auto& probe = scene.vip_is_silent(source);
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", source, syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
  probe.ended += std::chrono::seconds(1);
  return probe;
}

inline void foreign_connection(Scene& scene, const std::string& host) {
  const Tuple foreign{{scene.address(host), 51000}, scene.vip()};
  scene.send(host, "bigip", foreign, kSyn, 5);
  scene.send("bigip", host, foreign.reversed(), kSyn | kAck, 6, 6);
}

}  // namespace hairpin::test

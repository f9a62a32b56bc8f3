// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/intent.hpp"

namespace hairpin::f5 {

Intent::Intent(const Topology& topology) {
  for (const auto& pool : topology.pools)
    for (const auto& server : pool.virtual_servers) {
      if (!server.f5_virtual.empty()) by_name_.try_emplace(server.f5_virtual, &server);
      for (const auto& vip : pool.vips) by_endpoint_.try_emplace({vip, server.port}, &server);
    }
}

const VirtualServer* Intent::of(const Virtual& server) const {
  if (const auto named = by_name_.find(server.name); named != by_name_.end()) return named->second;
  const auto& destination = server.destination.value;
  const bool may_be_tcp = server.ip_protocol.value == "tcp" || server.ip_protocol.value == "any";  // all that topologies have
  if (!destination || !may_be_tcp) return nullptr;
  const auto found = by_endpoint_.find({destination->network.prefix.network, destination->port});
  return found == by_endpoint_.end() ? nullptr : found->second;
}

bool speaks_tls(const VirtualServer& server) { return server.protocol == Protocol::https || server.protocol == Protocol::tls; }

}  // namespace hairpin::f5

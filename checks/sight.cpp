// SPDX-License-Identifier: Apache-2.0
#include "checks/sight.hpp"

#include <algorithm>

namespace hairpin::checks {
namespace {

/// Whoever answers for a VIP is its balancer, except where members hold it themselves.
std::map<IpAddress, std::string> balancers_by_vip(const Topology& topology) {
  std::map<IpAddress, std::string> balancers;
  for (const auto& pool : topology.pools) {
    const auto& servers = pool.virtual_servers;
    const bool is_direct = std::any_of(servers.begin(), servers.end(), [](const VirtualServer& server) {
      return server.expect.return_path == ReturnPath::direct;
    });
    for (const auto& vip : pool.vips)
      if (!is_direct) balancers.emplace(vip, pool.load_balancer);
  }
  return balancers;
}

void learn_gateways(Sight& sight, const Topology& topology, const Observations& observations) {
  for (const auto& network : topology.networks) {
    if (!network.gateway) continue;
    auto& group = sight.gateways.emplace_back(network.gateway_macs.begin(), network.gateway_macs.end());
    for (const auto& facts : observations.hosts)
      for (const auto& neighbour : facts.neighbours)
        if (neighbour.address == *network.gateway) group.insert(neighbour.mac);
  }
}

void learn_macs(Sight& sight, const Topology& topology, const Observations& observations) {
  const auto balancers = balancers_by_vip(topology);
  for (const auto& facts : observations.hosts) {
    for (const auto& interface : facts.interfaces)
      if (!interface.is_loopback && interface.mac != MacAddress{}) sight.macs_of[facts.host].insert(interface.mac);
    for (const auto& neighbour : facts.neighbours) {
      const auto* owner = topology.owner_of(neighbour.address);
      const auto balancer = balancers.find(neighbour.address);
      if (owner)
        sight.macs_of[owner->name].insert(neighbour.mac);
      else if (balancer != balancers.end())
        sight.macs_of[balancer->second].insert(neighbour.mac);
    }
  }
  for (const auto& network : topology.networks) {
    const auto* owner = network.gateway ? topology.owner_of(*network.gateway) : nullptr;
    if (owner) sight.macs_of[owner->name].insert(network.gateway_macs.begin(), network.gateway_macs.end());
  }
}

}  // namespace

bool Sight::owns(const std::string& host, const MacAddress& mac) const {
  const auto known = macs_of.find(host);
  return known != macs_of.end() && known->second.contains(mac);
}

bool Sight::is_one_gateway(const MacAddress& left, const MacAddress& right) const {
  return std::any_of(gateways.begin(), gateways.end(),
                     [&](const auto& group) { return group.contains(left) && group.contains(right); });
}

std::string Sight::owner_of(const MacAddress& mac) const {
  for (const auto& [host, macs] : macs_of)
    if (macs.contains(mac)) return host;
  return {};
}

Sight sight_of(const Topology& topology, const Observations& observations) {
  Sight sight;
  sight.reliable_hosts = reliable_hosts(observations);
  for (const auto& agent : observations.agents) sight.agent_of[agent.host] = &agent;
  for (const auto& facts : observations.hosts)
    if (facts.is_before || !sight.facts_of.contains(facts.host)) sight.facts_of[facts.host] = &facts;
  learn_macs(sight, topology, observations);
  learn_gateways(sight, topology, observations);
  return sight;
}

}  // namespace hairpin::checks

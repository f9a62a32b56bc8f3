// SPDX-License-Identifier: Apache-2.0
#include "checks/sight.hpp"

namespace hairpin::checks {
namespace {

void learn_macs(Sight& sight, const Topology& topology, const Observations& observations) {
  for (const auto& facts : observations.hosts) {
    for (const auto& interface : facts.interfaces)
      if (!interface.is_loopback && interface.mac != MacAddress{}) sight.macs_of[facts.host].insert(interface.mac);
    for (const auto& neighbour : facts.neighbours)
      if (const auto* owner = topology.owner_of(neighbour.address)) sight.macs_of[owner->name].insert(neighbour.mac);
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

std::string Sight::owner_of(const MacAddress& mac) const {
  for (const auto& [host, macs] : macs_of)
    if (macs.contains(mac)) return host;
  return {};
}

Sight sight_of(const Topology& topology, const Observations& observations) {
  Sight sight;
  std::set<std::string> unreliable;
  for (const auto& capture : observations.captures) {
    const bool is_good = capture.is_proven_before && capture.is_proven_after && capture.dropped == 0;
    sight.reliable_hosts.insert(capture.host);
    if (!is_good) unreliable.insert(capture.host);
  }
  for (const auto& agent : observations.agents) {
    sight.agent_of[agent.host] = &agent;
    if (agent.state != AgentState::ready) unreliable.insert(agent.host);
  }
  for (const auto& host : unreliable) sight.reliable_hosts.erase(host);
  for (const auto& facts : observations.hosts)
    if (facts.is_before || !sight.facts_of.contains(facts.host)) sight.facts_of[facts.host] = &facts;
  learn_macs(sight, topology, observations);
  return sight;
}

}  // namespace hairpin::checks

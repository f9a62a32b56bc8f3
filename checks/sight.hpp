// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/trip.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// What the vantages of a run are good for: whose silence means something, and which MAC belongs to whom.
struct Sight {
  /// Hosts whose captures were proven before and after and lost nothing: what they did not see did not pass there.
  std::set<std::string> reliable_hosts;
  /// MACs of a host as it says itself, as its neighbours learnt them, and as declared for a gateway it owns.
  std::map<std::string, std::set<MacAddress>> macs_of;
  std::map<std::string, const HostFacts*> facts_of;   ///< the ones before the run
  std::map<std::string, const AgentFacts*> agent_of;

  bool is_reliable(const std::string& host) const { return reliable_hosts.contains(host); }
  /// Gateways as groups: every MAC that answers for one gateway's address, learnt or declared.
  std::vector<std::set<MacAddress>> gateways;

  bool owns(const std::string& host, const MacAddress& mac) const;
  std::string owner_of(const MacAddress& mac) const;  ///< empty when unknown
  bool is_one_gateway(const MacAddress& left, const MacAddress& right) const;
};

Sight sight_of(const Topology& topology, const Observations& observations);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "topology/plan.hpp"

namespace hairpin {

/// A TCP connection that every firewall between its ends has to let through, its answers included.
struct FirewallRule {
  std::string source, source_address;
  std::string destination, destination_address;
  std::uint16_t port = 0;
  auto operator<=>(const FirewallRule&) const = default;
};

/// What the rules are needed for, by rule: "mcu-factory at the VIP".
using FirewallRules = std::map<FirewallRule, std::set<std::string>>;

/// Of both legs, the balancer's monitor, the direct control and the control channel. The address of a host
/// that the topology does not tell is `?`; the coordinator's is `this-host`.
FirewallRules firewall_rules(const Topology& topology, const Plan& plan);

/// A line for each, as it goes into a change request: `SOURCE ADDR -> DEST ADDR tcp/PORT  why`, in the order
/// of the names. No more than a thousand; how many more there are is said.
std::string firewall_text(const FirewallRules& rules);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/lab/run/network.hpp"

/// The site of tests/lab/run with a balancer that is asked what it sees.
namespace hairpin::test {

/// `words`: what the topology file says of the balancer beside what it is.
inline std::string text_with_balancer(const Site& site, const std::string& words) {
  auto text = site.topology_text();
  const std::string plain = "load_balancer: true,";
  return text.replace(text.find(plain), plain.size(), plain + " " + words + ",");
}

inline Topology topology_with_balancer(const Site& site, const BigipState& state) {
  auto topology = site.topology();
  for (auto& host : topology.hosts)
    if (host.name == "bigip") host.state = state;
  auto& server = topology.pools[0].virtual_servers[0];
  server.f5_virtual = "/Common/mcu_18444";
  server.f5_pool = "/Common/mcu_pool";
  return topology;
}

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
#include "checks/roster.hpp"

namespace hairpin::checks {
namespace {

void add_address(Roster& roster, const Host& host, const IpAddress& address) {
  roster.host_of.emplace(address, host.name);
  roster.addresses_of[host.name].insert(address);
}

}  // namespace

Roster roster_of(const Topology& topology) {
  Roster roster;
  for (const auto& host : topology.hosts) {
    for (const auto& address : host.addresses) add_address(roster, host, address);
    for (const auto& self_ip : host.self_ips) add_address(roster, host, self_ip.address);
    if (host.is_load_balancer) roster.load_balancers.insert(host.name);
  }
  for (const auto& pool : topology.pools)
    for (const auto& server : pool.virtual_servers)
      for (const auto& vip : pool.vips) {
        roster.balancer_of.emplace(Endpoint{vip, server.port}, pool.load_balancer);
        auto& endpoints = roster.members_of[Endpoint{vip, server.port}];
        for (const auto& member : pool.members)
          for (const auto& address : topology.host(member)->addresses)  // the pool may use any of them
            if (address.family == vip.family) endpoints.push_back(Endpoint{address, server.member_port});
      }
  return roster;
}

bool has_address(const Roster& roster, const std::string& host, const IpAddress& address) {
  const auto known = roster.addresses_of.find(host);
  return known != roster.addresses_of.end() && known->second.contains(address);
}

}  // namespace hairpin::checks

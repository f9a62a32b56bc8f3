// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/import/lines.hpp"

namespace hairpin::f5 {
namespace {

void add_client(Lines& lines) {
  lines.add("  client1:");
  lines.add("    addresses: [" + placeholder("the address of a host from which clients connect; copy this entry for each client network") + "]");
  lines.add("    agent: " + placeholder("how hairpin reaches it, ssh:HOST for instance"));
}

void add_balancer(Lines& lines, const Config& config, const Sorted& sorted) {
  lines.add("  bigip:");
  lines.add("    load_balancer: true");
  std::set<IpAddress> said;
  for (const auto& host : sorted.hosts) said.insert(host.address);
  for (const auto& pool : sorted.pools) said.insert(pool.vip);
  std::set<std::uint32_t> domains{0};
  for (const auto& host : sorted.hosts) domains.insert(host.route_domain);
  bool is_first = true;
  for (const auto& self : config.selfs) {
    if (!self.address.value || !domains.contains(self.address.value->route_domain) || !said.insert(self.address.value->address).second) continue;
    if (is_first) lines.add("    self_ips:");
    is_first = false;
    lines.add(fmt::format("      - {{ address: \"{}\", floating: {} }}", to_string(self.address.value->address), self.is_floating), self, self.address.origin);
  }
  if (is_first) lines.comment("   no self IP: bigip_base.conf has them");
}

}  // namespace

void add_hosts(Lines& lines, const Config& config, const Sorted& sorted) {
  lines.add("hosts:");
  add_client(lines);
  for (const auto& host : sorted.hosts) {
    lines.add(fmt::format("  \"{}\":", host.name));
    lines.add(fmt::format("    addresses: [\"{}\"]", to_string(host.address)), *host.pool, host.origin);
    lines.add("    agent: " + placeholder(fmt::format("how hairpin reaches {}, ssh:HOST for instance; no agent: remove this line", host.name)));
  }
  add_balancer(lines, config, sorted);
}

void add_networks(Lines& lines, const Networks& networks, const Sorted& sorted) {
  std::set<const ConnectedNetwork*> used;
  std::set<std::string> names;
  std::set<Prefix> prefixes;  // a topology has no route domains: one of two networks of the same addresses
  for (const auto& host : sorted.hosts)
    if (const auto* network = networks.holding({host.address, host.route_domain})) used.insert(network);
  if (used.empty()) return;
  lines.add("networks:");
  for (const auto& network : networks.connected()) {
    if (!used.contains(&network) || !prefixes.insert(network.prefix.prefix).second) continue;
    const auto* self = network.selfs.front();
    const auto floating = std::find_if(network.selfs.begin(), network.selfs.end(), [](const SelfAddress* each) { return each->is_floating; });
    const auto own = to_string((floating == network.selfs.end() ? self : *floating)->address.value->address);
    const auto prefix = to_string(network.prefix.prefix);
    lines.add(fmt::format("  \"{}\":", free_name(network.vlan.substr(network.vlan.rfind('/') + 1), names)));
    lines.add(fmt::format("    prefix: \"{}\"", prefix), *self, self->address.origin);
    lines.add(fmt::format("    gateway: {{ address: {} }}",
                          placeholder(fmt::format("the default gateway of the hosts in {}; {} where it is the BIG-IP", prefix, own))));
  }
}

}  // namespace hairpin::f5

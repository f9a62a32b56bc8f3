// SPDX-License-Identifier: Apache-2.0
// Hosts, legs and routers that join a site, with the settings that every namespace states for itself.
#include <fmt/format.h>

#include "topology/lab/site.hpp"

namespace hairpin::lab {
namespace {

void set(SiteHost& host, std::string path, std::string value) {
  host.sysctls.push_back({std::move(path), std::move(value), false});
}

/// Network namespaces inherit the machine's settings (IPv4) or the kernel's (IPv6): state all that matter.
void settle(SiteHost& host, Family family) {
  for (const auto* scope : {"default", "all"}) {
    const auto v4 = fmt::format("net/ipv4/conf/{}/", scope);
    for (const auto* name : {"rp_filter", "accept_redirects", "send_redirects", "arp_ignore", "arp_announce"})
      set(host, v4 + name, "0");
    if (family == Family::ipv6)
      for (const auto* name : {"accept_dad", "accept_ra", "accept_redirects", "autoconf"})
        set(host, fmt::format("net/ipv6/conf/{}/{}", scope, name), "0");
  }
  // An IPv4 site is quiet without IPv6 on its legs; `lo` keeps ::1 for programs that expect it.
  if (family == Family::ipv4) host.sysctls.push_back({"net/ipv6/conf/default/disable_ipv6", "1", true});
  // Where the machine allows it: BBR in one direction and nothing in the other is a poor witness.
  host.sysctls.push_back({"net/ipv4/tcp_congestion_control", "cubic", true});
}

void make_forwarder(SiteHost& host, Family family) {
  set(host, "net/ipv4/ip_forward", "1");
  if (family == Family::ipv4) return;
  set(host, "net/ipv6/conf/all/forwarding", "1");
  // IPv6 has no send_redirects: drop them on their way out.
  host.nft_tables.push_back(
      "table inet no_redirects {\n"
      "  chain out {\n"
      "    type filter hook output priority filter\n"
      "    icmpv6 type nd-redirect drop\n"
      "  }\n"
      "}\n");
}

}  // namespace

Interface leg(const Site& site, std::string_view network, std::string name, std::string port, unsigned last) {
  const auto& in = site.network(network);
  return {.name = std::move(name),
          .network = in.name,
          .port = std::move(port),
          .mac = mac_of(in.number, last),
          .addresses = {{site_address(site.family, in.number, last), in.prefix.length, true}}};
}

SiteHost& add_host(Site& site, std::string name, Role role, std::vector<Interface> legs) {
  SiteHost host;
  host.name = std::move(name);
  host.role = role;
  host.interfaces = std::move(legs);
  settle(host, site.family);
  site.hosts.push_back(std::move(host));
  return site.hosts.back();
}

SiteHost& add_router(Site& site, std::string name, std::vector<Interface> legs) {
  auto& host = add_host(site, std::move(name), Role::router, std::move(legs));
  make_forwarder(host, site.family);
  return host;
}

void add_network(Site& site, std::string name, unsigned number, std::optional<IpAddress> gateway) {
  site.networks.push_back({.name = std::move(name),
                           .place = "switch",
                           .number = number,
                           .prefix = network_prefix(site.family, number),
                           .gateway = gateway,
                           .bridge_address = {}});
}

void move_host(Site& site, std::string_view name, std::string_view network, unsigned last, const IpAddress& gateway) {
  auto& host = site.host(name);
  auto moved = leg(site, network, "eth0", host.interface("eth0").port, last);
  for (const auto& address : host.interface("eth0").addresses)
    if (!address.is_preferred) moved.addresses.push_back(address);
  host.interface("eth0") = std::move(moved);
  set_default_route(host, gateway, "eth0");
}

void add_second_router(Site& site) {
  if (site.has_host("gw")) return;
  add_router(site, "gw", {leg(site, "clients", "cli", "p-gw-cli", 1), leg(site, "servers", "srv", "p-gw-srv", 1)});
}

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace hairpin::lab {
namespace {

constexpr unsigned kClientNetwork = 1;
constexpr unsigned kServerNetwork = 2;
constexpr unsigned kMostMembers = 8;

IpAddress numbered(Family family, unsigned network, unsigned last) {
  const auto text = family == Family::ipv4 ? fmt::format("10.137.{}.{}", network, last)
                                           : fmt::format("2001:db8:137:{}::{}", network, last);
  return *parse_address(text);
}

std::uint8_t network_bits(Family family) { return family == Family::ipv4 ? 24 : 64; }

SiteNetwork network(Family family, std::string name, unsigned number, unsigned gateway) {
  const auto text = family == Family::ipv4 ? fmt::format("10.137.{}.0/24", number)
                                           : fmt::format("2001:db8:137:{}::/64", number);
  return {.name = std::move(name),
          .place = "switch",
          .prefix = *parse_prefix(text),
          .gateway = numbered(family, number, gateway),
          .bridge_address = {}};
}

Interface leg(Family family, std::string name, std::string port, unsigned number, unsigned last) {
  return {.name = std::move(name),
          .network = number == kClientNetwork ? "clients" : "servers",
          .port = std::move(port),
          .mac = mac_of(number, last),
          .addresses = {{numbered(family, number, last), network_bits(family), true}}};
}

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

SiteHost end_host(Family family, std::string name, Role role, unsigned network, unsigned last,
                  unsigned gateway) {
  SiteHost host;
  host.role = role;
  host.interfaces.push_back(leg(family, "eth0", "p-" + name, network, last));
  host.name = std::move(name);
  settle(host, family);
  set_default_route(host, numbered(family, network, gateway), "eth0");
  return host;
}

SiteHost balancer(Family family) {
  SiteHost host;
  host.name = "bigip";
  host.role = Role::load_balancer;
  host.interfaces.push_back(leg(family, "cli", "p-bigip-cli", kClientNetwork, 5));
  host.interfaces.push_back(leg(family, "srv", "p-bigip-srv", kServerNetwork, 5));
  host.interfaces.back().addresses.push_back(single(numbered(family, kServerNetwork, 4)));
  settle(host, family);
  make_forwarder(host, family);
  return host;
}

void place_agents_on_management_network(Site& site) {
  site.networks.push_back({.name = "mgmt",
                           .place = "mgmt",
                           .prefix = *parse_prefix("10.99.0.0/24"),
                           .gateway = {},
                           .bridge_address = SiteAddress{*parse_address("10.99.0.1"), 24, true}});
  for (auto& host : site.hosts) {
    const auto last = host.interfaces.back().mac.bytes[5];
    const auto address = *parse_address(fmt::format("10.99.0.{}", last));
    Interface mgmt{.name = "mgmt0",
                   .network = "mgmt",
                   .port = fmt::format("p-{}-mgmt", host.name),
                   .mac = MacAddress{{0x02, 0x00, 0x0a, 0x63, 0x00, last}},
                   .addresses = {{address, 24, true}}};
    host.interfaces.push_back(std::move(mgmt));
    host.agent = fmt::format("{}:7411", to_string(address));
  }
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::client:
      return "client";
    case Role::member:
      return "member";
    case Role::load_balancer:
      return "load balancer";
    case Role::router:
      return "router";
  }
  return "";
}

IpAddress client_address(Family family, unsigned last) { return numbered(family, kClientNetwork, last); }
IpAddress server_address(Family family, unsigned last) { return numbered(family, kServerNetwork, last); }

MacAddress mac_of(unsigned network, unsigned last) {
  return MacAddress{
      {0x02, 0x00, 10, 137, static_cast<std::uint8_t>(network), static_cast<std::uint8_t>(last)}};
}

Prefix everywhere(Family family) { return *parse_prefix(family == Family::ipv4 ? "0.0.0.0/0" : "::/0"); }

SiteAddress single(const IpAddress& address) {
  return {address, static_cast<std::uint8_t>(address.size() * 8), false};
}

void set_default_route(SiteHost& host, const IpAddress& via, const std::string& interface) {
  const auto all = everywhere(via.family);
  std::erase_if(host.routes, [&](const Route& route) { return route.to == all && route.table == 0; });
  host.routes.push_back({.to = all, .via = via, .interface = interface});
}

Interface& SiteHost::interface(std::string_view wanted) {
  return const_cast<Interface&>(std::as_const(*this).interface(wanted));
}

const Interface& SiteHost::interface(std::string_view wanted) const {
  for (const auto& each : interfaces)
    if (each.name == wanted) return each;
  throw std::logic_error(fmt::format("the site's host {} has no interface {}", name, wanted));
}

SiteHost& Site::host(std::string_view name) { return const_cast<SiteHost&>(std::as_const(*this).host(name)); }

const SiteHost& Site::host(std::string_view name) const {
  for (const auto& each : hosts)
    if (each.name == name) return each;
  throw std::logic_error(fmt::format("the site has no host {}", name));
}

bool Site::has_host(std::string_view name) const {
  return std::ranges::any_of(hosts, [&](const SiteHost& each) { return each.name == name; });
}

std::vector<std::string> Site::members() const {
  std::vector<std::string> names;
  for (const auto& each : hosts)
    if (each.role == Role::member) names.push_back(each.name);
  return names;
}

Endpoint Site::member_endpoint(std::string_view member) const {
  return {host(member).interface("eth0").addresses.front().address, vip.port};
}

Site seed_site(const LabOptions& options) {
  const auto family = options.family;
  Site site;
  site.options = options;
  site.family = family;
  site.networks = {network(family, "clients", kClientNetwork, 5),
                   network(family, "servers", kServerNetwork, 4)};
  site.hosts.push_back(end_host(family, "client1", Role::client, kClientNetwork, 10, 5));
  for (unsigned member = 1; member <= std::min(options.members, kMostMembers); ++member)
    site.hosts.push_back(
        end_host(family, fmt::format("oc{:02}", member), Role::member, kServerNetwork, 20 + member, 4));
  site.hosts.push_back(balancer(family));
  site.vip = {server_address(family, 11), 444};
  site.pool_addresses = {server_address(family, 201), server_address(family, 202)};
  site.self_ips = {{client_address(family, 5), false},
                   {server_address(family, 5), false},
                   {server_address(family, 4), true}};
  site.balancer.selectable = site.members();
  site.balancer.snat = options.snat;
  if (options.snat == SnatType::automap) site.balancer.snat_addresses = {server_address(family, 4)};
  if (options.snat == SnatType::pool) site.balancer.snat_addresses = site.pool_addresses;
  if (options.control == Control::tcp) place_agents_on_management_network(site);
  return site;
}

void add_second_router(Site& site) {
  if (site.has_host("gw")) return;
  SiteHost host;
  host.name = "gw";
  host.role = Role::router;
  host.interfaces.push_back(leg(site.family, "cli", "p-gw-cli", kClientNetwork, 1));
  host.interfaces.push_back(leg(site.family, "srv", "p-gw-srv", kServerNetwork, 1));
  settle(host, site.family);
  make_forwarder(host, site.family);
  site.hosts.push_back(std::move(host));
}

}  // namespace hairpin::lab

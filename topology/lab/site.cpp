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

SiteNetwork network(Family family, std::string name, unsigned number, unsigned gateway) {
  return {.name = std::move(name),
          .place = "switch",
          .number = number,
          .prefix = network_prefix(family, number),
          .gateway = site_address(family, number, gateway),
          .bridge_address = {}};
}

void add_end_host(Site& site, const std::string& name, Role role, std::string_view network, unsigned last) {
  auto& host = add_host(site, name, role, {leg(site, network, "eth0", "p-" + name, last)});
  set_default_route(host, *site.network(network).gateway, "eth0");
}

void add_balancer(Site& site) {
  auto& host = add_router(site, "bigip",
                          {leg(site, "clients", "cli", "p-bigip-cli", 5), leg(site, "servers", "srv", "p-bigip-srv", 5)});
  host.role = Role::load_balancer;
  host.interfaces.back().addresses.push_back(single(server_address(site.family, 4)));
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
    case Role::stranger:
      return "stranger";
  }
  return "";
}

IpAddress site_address(Family family, unsigned network, unsigned last) {
  const auto text = family == Family::ipv4 ? fmt::format("10.137.{}.{}", network, last)
                                           : fmt::format("2001:db8:137:{}::{}", network, last);
  return *parse_address(text);
}

Prefix network_prefix(Family family, unsigned number) {
  const auto text = family == Family::ipv4 ? fmt::format("10.137.{}.0/24", number)
                                           : fmt::format("2001:db8:137:{}::/64", number);
  return *parse_prefix(text);
}

IpAddress client_address(Family family, unsigned last) { return site_address(family, kClientNetwork, last); }
IpAddress server_address(Family family, unsigned last) { return site_address(family, kServerNetwork, last); }

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

const SiteNetwork& Site::network(std::string_view wanted) const {
  for (const auto& each : networks)
    if (each.name == wanted) return each;
  throw std::logic_error(fmt::format("the site has no network {}", wanted));
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

bool Site::ends_tls_at_balancer() const { return options.mode == "terminate" || options.mode == "reencrypt"; }

bool Site::has_ticket_key(const SiteHost& host) const {
  return certificates.starts_with("tickets-") && host.role == Role::member && !ends_tls_at_balancer();
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
  add_end_host(site, "client1", Role::client, "clients", 10);
  for (unsigned member = 1; member <= std::min(options.members, kMostMembers); ++member)
    add_end_host(site, fmt::format("oc{:02}", member), Role::member, "servers", 20 + member);
  add_balancer(site);
  for (auto& host : site.hosts) host.names = {hairpin::to_string(server_address(family, 11)) + " pool01.example.com"};
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

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hairpin::lab {

std::string family_word(Family family) { return family == Family::ipv4 ? "ip" : "ip6"; }

std::string text_of(const IpAddress& address) { return hairpin::to_string(address); }

std::string choice(const std::string& generator, const std::vector<std::string>& values) {
  if (values.size() == 1) return values.front();
  std::string map;
  for (std::size_t index = 0; index < values.size(); ++index)
    map += fmt::format("{}{} : {}", index ? ", " : "", index, values[index]);
  return fmt::format("{} mod {} map {{ {} }}", generator, values.size(), map);
}

std::string to_vip(const Site& site) {
  return fmt::format("{} daddr {} tcp dport {}", family_word(site.family), text_of(site.vip.address),
                     site.vip.port);
}

std::string snat_port_range(const Site& site) {
  constexpr unsigned kFirst = 40'000;
  if (site.balancer.snat_ports == 0) return "";
  return fmt::format(":{}-{}", kFirst, kFirst + site.balancer.snat_ports - 1);
}

std::string snat_statement(const Site& site) {
  std::vector<std::string> addresses;
  for (const auto& address : site.balancer.snat_addresses) addresses.push_back(text_of(address));
  const auto ports = snat_port_range(site);
  if (!ports.empty() && site.family == Family::ipv6) addresses = {"[" + addresses.front() + "]"};
  return fmt::format("snat {} to {}{}{}", family_word(site.family), choice("numgen random", addresses), ports,
                     site.balancer.keeps_source_port ? "" : " fully-random");
}

std::string translated_sources(const Site& site) {
  if (!site.balancer.translates_members_only) return "";
  return fmt::format("{} saddr {} ", family_word(site.family), hairpin::to_string(site.network("servers").prefix));
}

bool is_serving(const Site& site) {
  return site.balancer.vip == VipState::serving && !site.balancer.selectable.empty();
}

std::string silent_vip_table(const Site& site) {
  return fmt::format(
      "table inet silent_vip {{\n"
      "  chain pre {{\n"
      "    type filter hook prerouting priority raw\n"
      "    {} drop\n"
      "  }}\n"
      "}}\n",
      to_vip(site));
}

void own_service_addresses(Site& site) {
  auto& addresses = site.bigip().interface("srv").addresses;
  const auto own = [&](const IpAddress& address) {
    const auto is_there = [&](const SiteAddress& each) { return each.address == address; };
    if (std::ranges::none_of(addresses, is_there)) addresses.push_back(single(address));
  };
  own(site.vip.address);
  for (const auto& address : site.balancer.snat_addresses) own(address);
}

void on_port(Site& site, const std::string& table, const std::string& port, const std::vector<std::string>& rules) {
  std::string text = fmt::format("table netdev {} {{\n  chain in {{\n    type filter hook ingress device \"{}\" priority 0\n",
                                 table, port);
  for (const auto& rule : rules) text += "    " + rule + "\n";
  site.switch_tables.push_back(text + "  }\n}\n");
}

void add_monitor(Site& site) {
  Connector monitor{.name = "health-checks", .endpoints = {}, .interval = {}};
  for (const auto& member : site.members()) monitor.endpoints.push_back(site.member_endpoint(member));
  monitor.interval = milliseconds(1000 / monitor.endpoints.size());
  site.bigip().connectors.push_back(std::move(monitor));
}

}  // namespace hairpin::lab

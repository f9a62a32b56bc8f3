// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/site.hpp"

namespace hairpin::lab {
namespace {

std::string text(const SiteAddress& address) {
  return fmt::format("{}/{}{}", to_string(address.address), address.prefix_length,
                     address.is_preferred ? "" : " (not a source)");
}

std::string indented(std::string_view block) {
  std::string out = "    ";
  for (const char c : block.substr(0, block.size() - 1)) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out + "\n";
}

void add_addresses(std::string& out, const SiteHost& host) {
  for (const auto& interface : host.interfaces) {
    out += fmt::format("  {} on {} ({}) {}\n", interface.name, interface.network, interface.port,
                       to_string(interface.mac));
    for (const auto& address : interface.addresses) out += "    " + text(address) + "\n";
  }
  for (const auto& address : host.loopback) out += "  lo " + text(address) + "\n";
}

void add_routing(std::string& out, const SiteHost& host) {
  for (const auto& route : host.routes)
    out += fmt::format("  route {}{}{} dev {}{}\n", route.is_local ? "local " : "", to_string(route.to),
                       route.via ? " via " + to_string(*route.via) : "", route.interface,
                       route.table ? fmt::format(" table {}", route.table) : "");
  for (const auto& rule : host.rules) out += fmt::format("  rule mark {} table {}\n", rule.mark, rule.table);
  for (const auto& proxied : host.proxied)
    out += fmt::format("  proxy {} dev {}\n", to_string(proxied.address), host.proxy_interface);
}

}  // namespace

std::string describe(const Site& site) {
  std::string out;
  for (const auto& network : site.networks)
    out += fmt::format("network {} {} in {}\n", network.name, to_string(network.prefix), network.place);
  for (const auto& host : site.hosts) {
    out += fmt::format("{} {}\n", to_string(host.role), host.name);
    add_addresses(out, host);
    add_routing(out, host);
    for (const auto& sysctl : host.sysctls) out += fmt::format("  sysctl {}={}\n", sysctl.path, sysctl.value);
    for (const auto& connector : host.connectors) {
      out += fmt::format("  {} every {} ms to", connector.name, connector.interval.count());
      for (const auto& endpoint : connector.endpoints) out += " " + to_string(endpoint);
      out += "\n";
    }
    for (const auto& table : host.nft_tables) out += "  nft\n" + indented(table);
    if (!host.haproxy.empty()) out += "  haproxy\n" + indented(host.haproxy);
  }
  return out;
}

}  // namespace hairpin::lab

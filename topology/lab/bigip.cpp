// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/bigip.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hairpin::lab {
namespace {

constexpr const char* kFloating = "/Common/traffic-group-1";
constexpr const char* kOwn = "/Common/traffic-group-local-only";

/// BIG-IP writes the port of an IPv6 address behind a dot.
std::string written(const Endpoint& endpoint) {
  return fmt::format("{}{}{}", to_string(endpoint.address), endpoint.address.family == Family::ipv6 ? '.' : ':', endpoint.port);
}

std::string pool_text(const Site& site) {
  std::string members;
  for (const auto& name : site.members()) {
    const auto endpoint = site.member_endpoint(name);
    members += fmt::format("        /Common/{}{}{} {{\n            address {}\n        }}\n", name, endpoint.address.family == Family::ipv6 ? '.' : ':',
                           endpoint.port, to_string(endpoint.address));
  }
  return fmt::format("ltm pool /Common/pool01_444_pool {{\n    members {{\n{}    }}\n    monitor /Common/tcp\n}}\n", members);
}

std::string nodes_text(const Site& site) {
  std::string text;
  for (const auto& name : site.members())
    text += fmt::format("ltm node /Common/{} {{\n    address {}\n}}\n", name, to_string(site.member_endpoint(name).address));
  return text;
}

std::string profiles_text(const Site& site) {
  const auto& mode = site.options.mode;
  if (mode == "npath") return "        /Common/pool01_npath { }\n";
  if (mode == "fastl4") return "        /Common/fastL4 { }\n";
  std::string text;
  if (mode == "terminate" || mode == "reencrypt") text += "        /Common/clientssl {\n            context clientside\n        }\n";
  if (mode == "reencrypt") text += "        /Common/serverssl {\n            context serverside\n        }\n";
  return text + "        /Common/tcp { }\n";
}

/// SNAT for the members alone is a global SNAT of their network: the virtual server itself has none.
bool has_global(const Site& site) { return site.balancer.translates_members_only; }

std::string snat_text(const Site& site) {
  const auto type = has_global(site) ? SnatType::none : site.options.snat;
  if (type == SnatType::pool) return "    source-address-translation {\n        pool /Common/pool01_snat\n        type snat\n    }\n";
  return fmt::format("    source-address-translation {{\n        type {}\n    }}\n", to_string(type));
}

std::string translations_text(const Site& site) {
  std::string text;
  if (has_global(site))
    text += fmt::format("ltm snat /Common/members {{\n    automap\n    origins {{\n        {} {{ }}\n    }}\n}}\n", to_string(site.network("servers").prefix));
  if (site.options.snat != SnatType::pool) return text;
  std::string members;
  for (const auto& address : site.pool_addresses) {
    members += fmt::format("        /Common/{}\n", to_string(address));
    text += fmt::format("ltm snat-translation /Common/{0} {{\n    address {0}\n    traffic-group {1}\n}}\n", to_string(address), kFloating);
  }
  return text + fmt::format("ltm snatpool /Common/pool01_snat {{\n    members {{\n{}    }}\n}}\n", members);
}

std::string virtual_text(const Site& site) {
  const auto vip = to_string(site.vip.address);
  const auto* mask = site.family == Family::ipv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  return fmt::format(
      "ltm virtual-address /Common/{0} {{\n    address {0}\n    mask {1}\n    traffic-group {2}\n}}\n"
      "ltm virtual /Common/pool01_444 {{\n    destination /Common/{3}\n    ip-protocol tcp\n    mask {1}\n    pool /Common/pool01_444_pool\n"
      "    profiles {{\n{4}    }}\n{5}{6}    translate-port enabled\n    vlans-disabled\n}}\n",
      vip, mask, kFloating, written(site.vip), profiles_text(site), snat_text(site),
      site.options.mode == "npath" ? "    translate-address disabled\n" : "    translate-address enabled\n");
}

/// The addresses that the site's own description says are self IPs, each on the VLAN whose network holds it.
std::string selfs_text(const Site& site) {
  std::string text;
  for (const auto& network : site.networks)
    if (network.place == "switch") text += fmt::format("net vlan /Common/{} {{\n    tag {}\n}}\n", network.name, network.number + 100);
  for (const auto& self : site.self_ips) {
    const auto network = std::find_if(site.networks.begin(), site.networks.end(), [&](const SiteNetwork& each) { return each.prefix.contains(self.address); });
    if (network == site.networks.end()) continue;
    text += fmt::format("net self /Common/{}{} {{\n    address {}/{}\n    traffic-group {}\n    vlan /Common/{}\n}}\n", network->name,
                        self.is_floating ? "_float" : "_own", to_string(self.address), network->prefix.length, self.is_floating ? kFloating : kOwn, network->name);
  }
  return text;
}

}  // namespace

std::string bigip_configuration(const Site& site) {
  const auto npath = site.options.mode == "npath" ? "ltm profile fastl4 /Common/pool01_npath {\n    defaults-from /Common/fastL4\n    loose-close enabled\n}\n" : "";
  return "#TMSH-VERSION: 15.1.8.2\n\n" + nodes_text(site) + pool_text(site) + npath + translations_text(site) + virtual_text(site) + selfs_text(site);
}

}  // namespace hairpin::lab

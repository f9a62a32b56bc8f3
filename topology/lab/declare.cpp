// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/catalogue.hpp"

namespace hairpin::lab {
namespace {

/// Quoted: an IPv6 address in a flow sequence would end at its colon.
std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

template <class List, class Text>
std::string joined(const List& list, Text text) {
  std::string out;
  for (const auto& each : list) out += (out.empty() ? "" : ", ") + text(each);
  return out;
}

std::string address_text(const IpAddress& address) { return in_quotes(to_string(address)); }

std::string tls_text(const Site& site, const SiteHost& host) {
  if (host.tls.empty()) return {};
  const auto ticket_key = site.has_ticket_key(host) ? fmt::format(", ticket_key: \"{}.tickets\"", host.tls) : std::string();
  return fmt::format(",\n    tls: {{ certificate: \"{0}.crt\", key: \"{0}.key\", trusted: \"{0}.trusted\"{1} }}", host.tls, ticket_key);
}

std::string host_line(const Site& site, const SiteHost& host) {
  std::string agent = host.agent.empty() ? "" : ", agent: " + in_quotes(host.agent);
  if (host.role != Role::load_balancer)
    return fmt::format("  {}: {{ addresses: [{}]{}{} }}\n", host.name,
                       address_text(host.interface("eth0").addresses.front().address), agent, tls_text(site, host));
  const auto self_ips = joined(site.self_ips, [](const SelfIp& self) {
    return fmt::format("{{ address: {}, floating: {} }}", address_text(self.address), self.is_floating);
  });
  return fmt::format("  {}: {{ load_balancer: true{},\n    self_ips: [ {} ] }}\n", host.name, agent,
                     self_ips);
}

std::string snat_text(const Site& site) {
  if (!site.promise.snat.empty() && !site.options.expected_snat) return site.promise.snat;
  const auto type = site.options.expected_snat.value_or(site.options.snat);
  if (type != SnatType::pool) return fmt::format("{{ type: {} }}", to_string(type));
  return fmt::format("{{ type: pool, addresses: [{}] }}", joined(site.pool_addresses, address_text));
}

/// What `expect` says beyond return path and SNAT.
std::string more_promises(const Promise& promise) {
  std::string text;
  std::string tls = promise.tls_mode.empty() ? "" : "mode: " + promise.tls_mode;
  if (!promise.mutual.empty()) tls += (tls.empty() ? "mutual: " : ", mutual: ") + promise.mutual;
  if (!promise.identity_header.empty()) tls += ", identity_header: " + promise.identity_header;
  if (promise.has_own_connections) tls += ", own_connections: true";
  if (promise.shares_sessions) tls += ", shared_sessions: true";
  if (!promise.tls_policy.empty()) tls += (tls.empty() ? "policy: " : ", policy: ") + promise.tls_policy;
  if (!tls.empty()) text += fmt::format(", tls: {{ {} }}", tls);
  if (promise.idle_s > 0) text += fmt::format(", idle: {}s", promise.idle_s);
  if (promise.is_persistent) text += ", persistence: source";
  return text;
}

std::string pool_text(const Site& site) {
  const auto name = [](const std::string& member) { return member; };
  const auto* path = site.return_path == ReturnPath::direct ? "direct" : "through_load_balancer";
  return fmt::format(
      "pools:\n"
      "  pool01:\n"
      "    fqdn: pool01.example.com\n"
      "    vip: [{}]\n"
      "    load_balancer: bigip\n"
      "    members: [{}]\n"
      "    expect: {{ return_path: {}, snat: {}{} }}\n"
      "    virtual_servers:\n"
      "      - name: mcu-factory\n"
      "        port: {}\n"
      "        protocol: https\n"
      "        path: /LiveServer/MCUFactory/\n"
      "{}"
      "        f5: {{ virtual: /Common/pool01_444, pool: /Common/pool01_444_pool }}\n",
      address_text(site.vip.address), joined(site.members(), name), path, snat_text(site), more_promises(site.promise),
      site.vip.port, site.promise.probe.empty() ? "" : fmt::format("        probe: {}\n", site.promise.probe));
}

}  // namespace

std::string declare(const Site& site) {
  std::string out = "hairpin: 1\nname: pool01\nhosts:\n";
  for (const auto& host : site.hosts)
    if (host.role != Role::router && host.role != Role::stranger) out += host_line(site, host);
  out += "networks:\n";
  for (const auto& network : site.networks)
    if (network.gateway)
      out += fmt::format("  {}: {{ prefix: {}, gateway: {{ address: {} }} }}\n", network.name,
                         in_quotes(to_string(network.prefix)), address_text(*network.gateway));
  return out + pool_text(site);
}

}  // namespace hairpin::lab

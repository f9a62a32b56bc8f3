// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/remedy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/causes.hpp"

namespace hairpin::checks {
namespace {

std::string snat_command(const std::string& virtual_server, std::string_view type) {
  return fmt::format("tmsh modify ltm virtual {} source-address-translation {{ type {} }}", virtual_server, type);
}

/// `automap`, or the pool that the topology promises; tmsh: source-address-translation { type snat pool NAME }.
std::string promised_snat(const Topology& topology, const Subject& subject) {
  const auto* server = server_of(topology, subject);
  const bool is_pool = server && std::any_of(server->expect.snat.begin(), server->expect.snat.end(),
                                             [](const SnatRule& rule) { return rule.type == SnatType::pool; });
  return is_pool ? "snat pool <the SNAT pool>" : "automap";
}

/// A topology that promises no SNAT would fail the mended site.
bool promises_no_snat(const Topology& topology, const Subject& subject) {
  const auto* server = server_of(topology, subject);
  return server && std::any_of(server->expect.snat.begin(), server->expect.snat.end(),
                               [](const SnatRule& rule) { return rule.type == SnatType::none; });
}

Remedy turn_on_snat(const Topology& topology, const Subject& subject) {
  const auto name = virtual_name(topology, subject);
  Remedy remedy;
  remedy.mend = {snat_command(name, promised_snat(topology, subject))};
  if (promises_no_snat(topology, subject))
    remedy.mend.push_back("then promise it in the topology file: expect: { snat: { type: automap } }");
  remedy.roll_back = {snat_command(name, "none")};
  remedy.side_effects = {
      "members see a self IP of the load balancer instead of the client's address, in their logs too",
      "about 64,000 ports per self IP and member limit concurrent connections",
      "connections that are open keep the old translation until they end"};
  return remedy;
}

Remedy set_gateway(const Topology& topology, const Subject& subject) {
  std::string gateway = "<the floating self IP>", prefix = "<client network>";
  const auto* member = topology.host(subject.member);
  const auto family = subject.family == "ipv6" ? Family::ipv6 : Family::ipv4;
  for (const auto& network : topology.networks)
    if (member && member->address(family) && network.prefix.contains(*member->address(family)) && network.gateway)
      gateway = to_string(*network.gateway);
  const auto* source = topology.host(subject.source);
  for (const auto& network : topology.networks)
    if (source && source->address(family) && network.prefix.contains(*source->address(family)))
      prefix = to_string(network.prefix);
  Remedy remedy;
  remedy.mend = {fmt::format("on {}: set the route to {} (or the default gateway) to {}", subject.member, prefix, gateway),
                 "or: " + snat_command(virtual_name(topology, subject), "automap")};
  remedy.roll_back = {fmt::format("on {}: restore the route that it has now", subject.member)};
  remedy.side_effects = {"other traffic of the member to that network takes the load balancer too",
                         "it needs a forwarding virtual server for connections that the member opens itself"};
  return remedy;
}

/// A second address doubles the ports; a pool of the balancer's own, so that nobody else's is changed.
Remedy add_snat_addresses(const Topology& topology, const Subject& subject) {
  const auto name = virtual_name(topology, subject);
  Remedy remedy;
  if (promised_snat(topology, subject) == "automap") {
    remedy.mend = {"tmsh create ltm snatpool <the SNAT pool> members add { <address> <address> }", snat_command(name, "snat pool <the SNAT pool>"),
                   "then promise it in the topology file: expect: { snat: { type: pool, addresses: [<address>, <address>] } }"};
    remedy.roll_back = {snat_command(name, "automap"), "tmsh delete ltm snatpool <the SNAT pool>"};
  } else {
    remedy.mend = {"tmsh modify ltm snatpool <the SNAT pool> members add { <address> }",
                   "then add the address to expect.snat in the topology file"};
    remedy.roll_back = {"tmsh modify ltm snatpool <the SNAT pool> members delete { <address> }"};
  }
  remedy.mend.push_back("see which address ran out: grep 'Inet port exhaustion' /var/log/ltm");
  remedy.side_effects = {"members see the new addresses: their filters and logs have to know them",
                         "each address brings about 64,000 ports for each member and service port, shared among the TMMs"};
  return remedy;
}

Remedy worded(std::string_view cause) {
  Remedy remedy;
  remedy.mend = {std::string(find_cause(cause)->mend)};
  return remedy;
}

/// Found by one end alone, so that one end can see it mended; where TLS ends takes both.
bool is_about_a_server(std::string_view cause) {
  return (cause.starts_with("tls.") || cause.starts_with("mtls.")) && cause != "tls.mode-differs";
}

bool changes_the_balancer(const std::vector<std::string>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const std::string& step) { return step.find("tmsh modify ") != std::string::npos; });
}

}  // namespace

const VirtualServer* server_of(const Topology& topology, const Subject& subject) {
  for (const auto& pool : topology.pools)
    if (pool.name == subject.pool)
      for (const auto& server : pool.virtual_servers)
        if (server.name == subject.virtual_server) return &server;
  return nullptr;
}

std::string virtual_name(const Topology& topology, const Subject& subject) {
  const auto* server = server_of(topology, subject);
  return server && !server->f5_virtual.empty() ? server->f5_virtual : "<the virtual server at " + subject.vip + ">";
}

std::string pool_name(const Topology& topology, const Subject& subject) {
  const auto* server = server_of(topology, subject);
  return server && !server->f5_pool.empty() ? server->f5_pool : "<the pool behind " + subject.vip + ">";
}

Remedy remedy_for(const Topology& topology, std::string_view cause, const Finding& example) {
  const auto& subject = example.subject;
  auto remedy = worded(cause);
  if (cause == "return-path.bypasses-load-balancer" || cause == "return-path.self-hairpin" || cause == "snat.absent") {
    remedy = turn_on_snat(topology, subject);
  } else if (cause == "return-path.wrong-gateway") {
    remedy = set_gateway(topology, subject);
  } else if (cause == "return-path.reverse-path-filter") {
    const auto& vantage = example.evidence.empty() ? std::string("/<interface>") : example.evidence.front().vantage;
    const auto interface = vantage.substr(vantage.find('/') + 1);
    remedy.mend = {fmt::format("on {}: correct the route to {}, or: sysctl -w net.ipv4.conf.{}.rp_filter=2",
                               subject.member, subject.source, interface)};
    remedy.roll_back = {fmt::format("on {}: sysctl -w net.ipv4.conf.{}.rp_filter=1", subject.member, interface)};
    remedy.side_effects = {"rp_filter=2 accepts any source that is reachable by some interface (RFC 3704 loose mode)"};
  } else if (cause == "snat.port-exhausted") {
    remedy = add_snat_addresses(topology, subject);
  } else if (cause == "snat.unexpected") {
    remedy.mend = {snat_command(virtual_name(topology, subject), "none")};
    remedy.roll_back = {"restore the source-address-translation that `tmsh list ltm virtual` shows now"};
    remedy.side_effects = {"members in the subnet of their callers then answer them directly"};
  } else if (cause == "snat.wrong-address") {
    remedy.mend = {fmt::format("tmsh list ltm virtual {} source-address-translation", virtual_name(topology, subject)),
                   "tmsh list net self; tmsh list ltm snatpool; then correct the pool or the self IP"};
  } else if (cause.starts_with("member.")) {
    remedy.mend.push_back(fmt::format("tmsh show ltm pool {} members", pool_name(topology, subject)));
  } else if (cause.starts_with("vip.")) {
    remedy.mend.push_back(fmt::format("tmsh show ltm virtual {}", virtual_name(topology, subject)));
  }
  if (changes_the_balancer(remedy.mend))
    remedy.keep = {"tmsh save sys config", "tmsh run cm config-sync to-group <device group>"};
  if (cause == "snat.port-exhausted" || find_cause(cause)->check == "load") {
    remedy.verify = kLoadAgain;
    return remedy;
  }
  const bool is_one_ended = topology.hosts.empty();  // hairpin tls
  remedy.verify = is_one_ended && is_about_a_server(cause) ? "hairpin tls " + subject.vip : "hairpin run -t FILE";
  return remedy;
}

std::vector<std::string> references_for(std::string_view cause) {
  if (cause == "return-path.bypasses-load-balancer" || cause == "return-path.self-hairpin" || cause == "snat.absent")
    return {"F5 BIG-IP LTM Concepts, NATs and SNATs: SNAT is needed to connect to a virtual server with a node on the same "
            "IP subnet as the client",
            "RFC 9293 §3.10.7.3: a SYN-ACK that acknowledges nothing this connection sent is answered with a RST"};
  if (cause == "return-path.reverse-path-filter") return {"RFC 3704 §2.2 strict reverse path forwarding"};
  return {};
}

}  // namespace hairpin::checks

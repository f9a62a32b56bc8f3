// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/firewall_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hairpin {
namespace {

constexpr std::size_t kMostLines = 1000;
constexpr std::uint16_t kSshPort = 22;
constexpr const char* kUnknown = "?";

/// Of a load balancer the addresses of one family: the preferred kind where there is one, else all.
std::vector<IpAddress> self_ips_of(const Host& balancer, Family family, bool is_floating_preferred) {
  std::vector<IpAddress> preferred, all;
  for (const auto& self_ip : balancer.self_ips) {
    if (self_ip.address.family != family) continue;
    all.push_back(self_ip.address);
    if (self_ip.is_floating == is_floating_preferred) preferred.push_back(self_ip.address);
  }
  return preferred.empty() ? all : preferred;
}

/// Collects the rules of one plan.
class Collector {
 public:
  explicit Collector(const Topology& topology) : topology_(topology) {}

  void add_source(const PlannedSource& planned) {
    const auto* pool = topology_.pool(planned.pool);
    const auto* server = pool ? pool->virtual_server(planned.virtual_server) : nullptr;
    const auto* source = topology_.host(planned.source);
    const auto family = planned.vip.address.family;
    const auto address = source ? source->address(family) : std::nullopt;
    if (!server || !address || !planned.skip_reason.empty()) return;
    add({source->name, to_string(*address), pool->name, to_string(planned.vip.address), planned.vip.port},
        server->name + " at the VIP");
    for (const auto& name : planned.members)
      if (const auto* member = topology_.host(name); member && member->address(family))
        add_server_leg(*pool, *server, *source, *member, family);
  }

  void add_direct(const PlannedDirect& planned) {
    const auto* source = topology_.host(planned.source);
    const auto address = source ? source->address(planned.endpoint.address.family) : std::nullopt;
    if (address)
      add({source->name, to_string(*address), planned.member, to_string(planned.endpoint.address),
           planned.endpoint.port},
          planned.virtual_server + " direct control");
  }

  void add_agent(const Host& host) {
    FirewallRule rule{"coordinator", "this-host", host.name, {}, 0};
    if (const auto* tcp = std::get_if<TcpAgent>(&*host.agent)) {
      rule.destination_address = to_string(tcp->endpoint.address);
      rule.port = tcp->endpoint.port;
      add(std::move(rule), "control channel");
    } else if (const auto* ssh = std::get_if<SshAgent>(&*host.agent)) {
      rule.destination_address = ssh->destination.substr(ssh->destination.find('@') + 1);
      rule.port = kSshPort;
      add(std::move(rule), "control channel (host and port as ~/.ssh/config has them)");
    }
  }

  FirewallRules take() && { return std::move(rules_); }

 private:
  void add(FirewallRule rule, std::string why) { rules_[std::move(rule)].insert(std::move(why)); }

  /// How the balancer's packets come to a member. Behind nPath they are the source's own, to the VIP.
  void add_server_leg(const Pool& pool, const VirtualServer& server, const Host& source, const Host& member,
                      Family family) {
    const auto* balancer = topology_.host(pool.load_balancer);
    if (!balancer) return;
    const auto to_member = [&](const std::string& from, const std::string& address, const std::string& why) {
      add({from, address, member.name, to_string(*member.address(family)), server.member_port},
          server.name + " " + why);
    };
    for (const auto& address : self_ips_of(*balancer, family, false))
      to_member(balancer->name, to_string(address), "monitor");
    if (server.expect.return_path == ReturnPath::direct) return;
    const auto* rule = topology_.snat_rule(pool, server, source.name, family);
    const std::string unless = rule ? "" : " (snat is not declared)";
    if (!rule || rule->type == SnatType::automap) {
      const auto addresses = self_ips_of(*balancer, family, true);
      for (const auto& address : addresses)
        to_member(balancer->name, to_string(address), "behind the balancer, SNAT automap" + unless);
      if (addresses.empty())
        to_member(balancer->name, kUnknown, "behind the balancer, SNAT automap (self_ips are not declared)");
    }
    if (rule && rule->type == SnatType::pool)
      for (const auto& address : rule->addresses)
        if (address.family == family)
          to_member(balancer->name, to_string(address), "behind the balancer, SNAT pool");
    if ((!rule || rule->type == SnatType::none) && source.name != member.name)
      to_member(source.name, to_string(*source.address(family)),
                "behind the balancer, source address kept" + unless);
  }

  const Topology& topology_;
  FirewallRules rules_;
};

}  // namespace

FirewallRules firewall_rules(const Topology& topology, const Plan& plan) {
  Collector collector(topology);
  for (const auto& source : plan.sources) collector.add_source(source);
  for (const auto& direct : plan.directs) collector.add_direct(direct);
  for (const auto& host : topology.hosts)
    if (host.agent) collector.add_agent(host);
  return std::move(collector).take();
}

std::string firewall_text(const FirewallRules& rules) {
  std::string text;
  std::size_t lines = 0;
  for (const auto& [rule, why] : rules) {
    if (++lines > kMostLines) break;
    text += fmt::format("  {} {} -> {} {} tcp/{}  {}\n", rule.source, rule.source_address, rule.destination,
                        rule.destination_address, rule.port, fmt::join(why, "; "));
  }
  if (rules.size() > kMostLines) text += fmt::format("  and {} more\n", rules.size() - kMostLines);
  return text;
}

}  // namespace hairpin

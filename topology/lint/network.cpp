// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"
#include "topology/predict/legs.hpp"

namespace hairpin::f5 {
namespace {

void judge_last_hop(const LintCase& c, LintFindings& into) {
  if (c.known.sources.empty() || c.networks.selfs().empty()) return;
  each_server(c.config, [&](const Virtual& server) {
    if (!server.destination.value || !server.last_hop_pool.value.empty()) return;
    for (const auto& source : c.known.sources) {
      const RoutedPrefix network{source.network, server.destination.value->network.route_domain};
      if (source.network.network.family != server.destination.value->network.prefix.network.family) continue;
      const Sender sender{network, c.networks.vlan_of(network)};
      const auto way = c.networks.way_to({network.prefix.network, network.route_domain});
      const auto hop = last_hop_of(c.config, server, sender);
      if (hop.is_kept.value_or(true) || way.network || way.route) continue;
      into.push_back({{}, Severity::warning, &server, hop.origin,
                      fmt::format("auto-lasthop is off and no route leads to {}: replies to it have no way", to_string(network)),
                      {modify("ltm virtual", server, "auto-lasthop enabled"), fmt::format("… or: tmsh create net route NAME network {} gw ROUTER", to_string(network.prefix))}, {}});
      return;
    }
  });
}

const RouteDomain* domain_of(const Config& config, std::uint32_t id) {
  for (const auto& domain : config.route_domains)
    if (domain.id.value == id) return &domain;
  return nullptr;
}

bool is_above(const Config& config, std::uint32_t parent, std::uint32_t child) {
  const auto* domain = domain_of(config, child);
  for (int depth = 0; domain && depth < 16; ++depth) {
    domain = domain->parent.value.empty() ? nullptr : config.route_domains.find(domain->parent.value);
    if (domain && domain->id.value == parent) return true;
  }
  return false;
}

void judge_domains(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (!server.destination.value) return;
    const auto own = server.destination.value->network.route_domain;
    for (const auto& member : pool.members) {
      if (!member.address.value || member.address.value->route_domain == own) continue;
      const auto other = member.address.value->route_domain;
      const auto* domain = domain_of(c.config, own);
      if ((domain && !domain->is_strict.value) || is_above(c.config, other, own)) continue;
      const bool is_known = domain || own == 0;
      into.push_back({{}, is_known ? Severity::error : Severity::warning, &server, member.origin,
                      fmt::format("the virtual server is in route domain {}, its member {} in {}, and {}", own, shown(member.key), other,
                                  is_known ? fmt::format("route domain {} is strict", own) : fmt::format("no file says that route domain {} is not strict", own)),
                      {domain ? modify("net route-domain", *domain, "strict disabled") : fmt::format("tmsh modify net route-domain {} strict disabled", own)}, {}});
      return;
    }
  });
}

void add_excluded(const LintCase& c, const Virtual& server, LintFindings& into) {
  for (const auto& source : c.known.sources) {
    if (!server.destination.value || source.network.network.family != server.destination.value->network.prefix.network.family) continue;
    const auto vlan = c.networks.vlan_of({source.network, server.destination.value->network.route_domain});
    if (vlan.empty() || server.vlans.listens_on(vlan)) continue;
    into.push_back({{}, Severity::error, &server, at(server.vlans.is_only_listed.origin, server),
                    fmt::format("{} comes in by VLAN {}, where the virtual server does not listen", source.name, shown(vlan)),
                    {server.vlans.is_only_listed.value ? modify("ltm virtual", server, fmt::format("vlans add {{ {} }}", shown(vlan)))
                                                       : modify("ltm virtual", server, fmt::format("vlans delete {{ {} }}", shown(vlan)))}, {}});
    return;
  }
}

void judge_vlans(const LintCase& c, LintFindings& into) {
  for (const auto& server : c.config.virtuals) {
    if (!server.is_enabled.value) continue;
    for (const auto& vlan : server.vlans.vlans) {
      // Without any VLAN bigip_base.conf is not among the files.
      if (c.config.vlans.empty() || c.config.vlans.find(vlan.value) || is_shipped("net vlan", vlan.value)) continue;
      into.push_back({{}, Severity::error, &server, vlan.origin, fmt::format("the VLAN {} is in none of the files", shown(vlan.value)),
                      {modify("ltm virtual", server, fmt::format("vlans delete {{ {} }}", shown(vlan.value)))}, {}});
    }
    add_excluded(c, server, into);
  }
}

}  // namespace

const LintRule kLastHop001{"LH-001", "W", "auto-lasthop off, and no route to clients", "Without auto-lasthop replies to clients follow the routes of the BIG-IP.",
                           judge_last_hop};
const LintRule kRouteDomain001{"RD-001", "E W", "members in another, strict route domain", "A strict route domain hands nothing to another one: connections to the members fail.",
                               judge_domains};
const LintRule kVlan001{"VLAN-001", "E", "a virtual server that does not listen where clients are", "A connection that comes in by another VLAN meets no virtual server and is rejected.",
                        judge_vlans};

}  // namespace hairpin::f5

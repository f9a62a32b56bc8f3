// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"
#include "topology/predict/route_domains.hpp"
#include "topology/predict/legs.hpp"

namespace hairpin::f5 {
namespace {

void judge_last_hop(const LintCase& c, LintFindings& into) {
  if (c.known.sources.empty() || c.networks.selfs().empty()) return;
  each_server(c.config, [&](const Virtual& server) {
    if (!server.destination.value || !server.last_hop_pool.value.empty()) return;
    for (const auto& source : c.known.sources) {
      const RoutedPrefix network{source.network, server.destination.value->network.route_domain};
      if (source.network.network.family != server.destination.value->network.prefix.network.family || !may_call(c.known, server, source)) continue;
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

void judge_domains(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (!server.destination.value) return;
    const auto own = server.destination.value->network.route_domain;
    for (const auto& member : pool.members) {
      if (!member.address.value || member.address.value->route_domain == own) continue;
      const auto other = member.address.value->route_domain;
      const auto crosses = crossing(c.config, own, other);
      if (crosses == Crossing::open) continue;
      const auto* domain = route_domain(c.config, own);
      const bool is_known = crosses == Crossing::strict;
      into.push_back({{}, is_known ? Severity::error : Severity::warning, &server, member.origin,
                      fmt::format("the virtual server is in route domain {}, its member {} in {}, and {}", own, shown(member.key), other,
                                  is_known ? fmt::format("route domain {} is strict", own) : fmt::format("no file says that route domain {} is not strict", own)),
                      {domain ? modify("net route-domain", *domain, "strict disabled") : fmt::format("tmsh modify net route-domain {} strict disabled", own)}, {}});
      return;
    }
  });
}

/// Whether stated clients are meant to call it: not what forwards, rejects or takes a whole network; and with a topology only
/// what that has.
bool is_for_clients(const LintCase& c, const Virtual& server) {
  const auto& vip = server.destination.value;
  if (server.mode.value != VirtualMode::standard || !vip || !is_host(vip->network)) return false;
  return c.intent.is_empty() || c.intent.of(server);
}

/// Another virtual server of the same address and port that listens there.
bool has_twin(const LintCase& c, const Virtual& server, Name vlan) {
  const auto& vip = *server.destination.value;
  return std::any_of(c.config.virtuals.begin(), c.config.virtuals.end(), [&](const Virtual& other) {
    const auto& destination = other.destination.value;
    return &other != &server && other.is_enabled.value && destination && destination->network == vip.network &&
           (destination->port == vip.port || destination->port == 0) && other.vlans.listens_on(vlan);
  });
}

void add_excluded(const LintCase& c, const Virtual& server, LintFindings& into) {
  if (!is_for_clients(c, server)) return;
  for (const auto& source : c.known.sources) {
    if (source.network.network.family != server.destination.value->network.prefix.network.family) continue;
    const RoutedPrefix stated{source.network, server.destination.value->network.route_domain};
    if (!may_call(c.known, server, source) || !overlap(server.source.value, stated)) continue;
    const auto vlan = c.networks.vlan_of(stated);
    if (vlan.empty() || server.vlans.listens_on(vlan) || has_twin(c, server, vlan)) continue;
    into.push_back({{}, Severity::error, &server, at(server.vlans.is_only_listed.origin, server),
                    fmt::format("{} comes in by VLAN {}, where the virtual server does not listen", source.name, shown(vlan)),
                    {server.vlans.is_only_listed.value ? modify("ltm virtual", server, fmt::format("vlans add {{ {} }}", in_command(vlan)))
                                                       : modify("ltm virtual", server, fmt::format("vlans delete {{ {} }}", in_command(vlan)))}, {}});
    return;
  }
}

/// With an empty list the virtual server would listen everywhere.
std::string without_vlan(const Virtual& server, Name vlan) {
  const bool is_last = server.vlans.is_only_listed.value && server.vlans.vlans.size() == 1;
  return modify("ltm virtual", server, is_last ? std::string("vlans replace-all-with { VLAN }") : fmt::format("vlans delete {{ {} }}", in_command(vlan)));
}

void judge_vlans(const LintCase& c, LintFindings& into) {
  for (const auto& server : c.config.virtuals) {
    if (!server.is_enabled.value) continue;
    for (const auto& vlan : server.vlans.vlans) {
      // Without any VLAN bigip_base.conf is not among the files.
      if (c.config.vlans.empty() || c.config.vlans.find(vlan.value) || is_shipped("net vlan", vlan.value)) continue;
      into.push_back({{}, Severity::error, &server, vlan.origin, fmt::format("the VLAN {} is in none of the files", shown(vlan.value)),
                      {without_vlan(server, vlan.value)}, {}});
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

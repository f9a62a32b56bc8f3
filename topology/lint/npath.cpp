// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// Virtual servers that leave the VIP in the packet although they hand it to members. Where the destination is a network the
/// members are routers on the way to it.
template <class Visit>
void each_npath(const Config& config, Visit visit) {
  each_server(config, [&](const Virtual& server) {
    const auto& vip = server.destination.value;
    if (!server.translates_address.value && !server.pool.value.empty() && vip && is_host(vip->network)) visit(server);
  });
}

/// The global SNAT that surely translates all that the virtual server takes, or a stated source; null: none.
const GlobalSnat* global_of(const LintCase& c, const Virtual& server) {
  const auto* pool = c.config.pools.find(server.pool.value);
  std::vector<RoutedPrefix> senders{server.source.value};
  for (const auto& source : c.known.sources)
    if (may_call(c.known, server, source)) senders.push_back({source.network, server.destination.value->network.route_domain});
  for (const auto& sender : senders) {
    const auto vlan = c.networks.vlan_of(sender);
    if (!overlap(server.source.value, sender) || (!vlan.empty() && !server.vlans.listens_on(vlan))) continue;
    const auto snat = effective_snat(c.config, c.networks, server, pool, {sender, vlan});
    if (snat.global && snat.kind != SnatKind::none && snat.kind != SnatKind::unknown) return snat.global;
  }
  return nullptr;
}

void add_global(const LintCase& c, const Virtual& server, LintFindings& into) {
  const auto* global = global_of(c, server);
  if (!global) return;
  into.push_back({{}, Severity::error, &server, server.translates_address.origin,
                  fmt::format("translate-address disabled, and the {} translates its sources: members would answer them, and do not see them", c.config.cite(*global)),
                  {modify("ltm virtual", server, "translate-address enabled"),
                   "… or take these sources out of it: tmsh list ltm snat " + in_command(global->name)}, {}});
}

void judge_contradiction(const LintCase& c, LintFindings& into) {
  each_npath(c.config, [&](const Virtual& server) {
    if (server.snat.value.type == SnatType::none) add_global(c, server, into);
    if (server.snat.value.type == SnatType::none || server.snat.value.type == SnatType::unknown) return;
    into.push_back({{}, Severity::error, &server, server.translates_address.origin,
                    "translate-address disabled and SNAT: members would answer the source themselves, and do not see it",
                    {modify("ltm virtual", server, "source-address-translation { type none }"), "… or: " + modify("ltm virtual", server, "translate-address enabled")}, {}});
  });
}

constexpr std::array<Text, 5> kNeedBothWays{"client-ssl", "server-ssl", "http", "http2", "one-connect"};

void add_whole_connection(const LintCase& c, const Virtual& server, LintFindings& into) {
  for (const auto type : kNeedBothWays)
    if (const auto* use = profile_of(c.config, server, type)) {
      into.push_back({{}, Severity::warning, &server, use->profile.origin,
                      fmt::format("translate-address disabled, and the profile {} has to see both directions", shown(use->profile.value)),
                      {modify("ltm virtual", server, fmt::format("profiles delete {{ {} }}", in_command(use->profile.value)))}, {}});
      return;
    }
}

/// The VIP as destination has to get to the members, and their replies to come from the VIP's port.
void add_members(const LintCase& c, const Virtual& server, LintFindings& into) {
  const auto* pool = c.config.pools.find(server.pool.value);
  const auto port = server.destination.value->port;
  for (const auto& member : pool ? pool->members : std::vector<Member>()) {
    if (server.translates_port.value && port != 0 && member.port != 0 && member.port != port) {
      into.push_back({{}, Severity::warning, &server, member.origin,
                      fmt::format("translate-address disabled and translate-port enabled: the member {} answers from its own port, and the source asked port {}",
                                  shown(member.key), port),
                      {modify("ltm virtual", server, "translate-port disabled"), fmt::format("… and the members have to listen at port {}", port)}, {}});
      return;
    }
    const auto way = member.address.value ? c.networks.way_to(*member.address.value) : Way();
    if (!way.route || way.is_dropped()) continue;
    into.push_back({{}, Severity::warning, &server, member.origin,
                    fmt::format("translate-address disabled, and the member {} is behind the route {}: its router sends the VIP back", shown(member.key), shown(way.route->name)),
                    {modify("ltm virtual", server, "translate-address enabled source-address-translation { type automap }")}, {}});
    return;
  }
}

void judge_half(const LintCase& c, LintFindings& into) {
  each_npath(c.config, [&](const Virtual& server) {
    if (server.snat.value.type != SnatType::none) return;  // NPATH-001
    const auto* fast = profile_of(c.config, server, "fastl4");
    if (!fast && has_unknown_profile(c.config, server)) return;
    if (!fast) {
      into.push_back({{}, Severity::warning, &server, server.translates_address.origin,
                      "translate-address disabled without a FastL4 profile: the BIG-IP waits for replies that never pass it",
                      {modify("ltm virtual", server, "profiles replace-all-with { /Common/fastL4 }")}, {}});
    } else if (is_known(c.config, fast->profile.value) && setting_or(c.config, fast->profile.value, "loose-close", "disabled") != "enabled") {
      into.push_back({{}, Severity::warning, &server, fast->profile.origin,
                      fmt::format("translate-address disabled, and loose-close of {} is disabled: the BIG-IP sees only one side's FIN, and keeps the connection",
                                  shown(fast->profile.value)),
                      change_profile(c.config, server, *fast, "loose-close enabled"), {}});
    }
    add_whole_connection(c, server, into);
    add_members(c, server, into);
  });
}

}  // namespace

const LintRule kNPath001{"NPATH-001", "E", "nPath together with SNAT", "nPath needs the source's own address at the member; SNAT takes it away.", judge_contradiction};
const LintRule kNPath002{"NPATH-002", "W", "nPath without what it needs",
                         "Behind nPath the BIG-IP sees one direction only: FastL4 with loose-close can live with that, nothing above can. Members "
                         "have to get the VIP as destination, and to answer from its port.", judge_half};

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// A network that members of the pool are in, and the first of them.
struct MemberNetwork {
  const ConnectedNetwork* network = nullptr;
  const Member* first = nullptr;
};

std::vector<MemberNetwork> member_networks(const LintCase& c, const Pool& pool) {
  std::vector<MemberNetwork> found;
  for (const auto& member : pool.members) {
    if (!member.address.value || c.networks.holder_of(*member.address.value)) continue;  // a VIP behind a VIP is no host
    const auto way = c.networks.way_to(*member.address.value);
    const bool is_new = std::none_of(found.begin(), found.end(), [&](const auto& each) { return each.network == way.network; });
    if (way.is_connected() && is_new) found.push_back({way.network, &member});
  }
  return found;
}

bool takes(const LintCase& c, const Virtual& server, const RoutedPrefix& source) {
  const auto& filter = server.source.value;
  const bool is_taken = filter.prefix.length == 0 || overlap(filter, source);
  const auto vlan = c.networks.vlan_of(source);
  return is_taken && (vlan.empty() || server.vlans.listens_on(vlan));
}

/// Whether members see the source itself, for certain.
const Object* sees_source(const LintCase& c, const Virtual& server, const Pool& pool, const RoutedPrefix& source) {
  const auto snat = effective_snat(c.config, c.networks, server, &pool, {source, c.networks.vlan_of(source)});
  return snat.kind == SnatKind::none ? snat.decided_by : nullptr;
}

bool may_translate_anyway(const LintCase& c, const Virtual& server, const Pool& pool) {
  const bool has_own = server.snat.value.type != SnatType::none && pool.allows_snat.value;
  return has_own || !server.translates() || may_change_snat(c.config, server);
}

bool is_member(const Pool& pool, const RoutedPrefix& source) {
  return is_host(source) && std::any_of(pool.members.begin(), pool.members.end(), [&](const Member& member) {
           return member.address.value && single(*member.address.value) == source;
         });
}

/// The BIG-IP's own address: nobody's neighbour.
bool is_own(const LintCase& c, const RoutedPrefix& source) {
  return is_host(source) && c.networks.holder_of({source.prefix.network, source.route_domain});
}

/// What the virtual server takes of a network.
RoutedPrefix taken_of(const Virtual& server, const RoutedPrefix& network) {
  const auto& filter = server.source.value;
  return filter.prefix.length > 0 && holds(network, filter) ? filter : network;
}

/// Sources are stated without a route domain: they come in where the virtual server listens.
std::optional<RoutedPrefix> stated_for(const LintCase& c, const Virtual& server, const PathSource& source) {
  if (!server.destination.value || !may_call(c.known, server, source)) return {};
  return RoutedPrefix{source.network, server.destination.value->network.route_domain};
}

void add_neighbours(const LintCase& c, const Virtual& server, const Pool& pool, const MemberNetwork& where, LintFindings& into) {
  bool is_found = false;
  for (const auto& source : c.known.sources) {
    const auto stated = stated_for(c, server, source);
    if (!stated || !overlap(*stated, where.network->prefix) || is_member(pool, *stated) || is_own(c, *stated)) continue;
    const auto part = taken_of(server, holds(where.network->prefix, *stated) ? *stated : where.network->prefix);
    const auto* decided_by = takes(c, server, part) ? sees_source(c, server, pool, part) : nullptr;
    if (!decided_by) continue;
    is_found = true;
    into.push_back({{}, Severity::error, &server, server.snat.origin,
                    fmt::format("members see sources in {} as they are, and are in that network themselves ({}): they answer past the load balancer",
                                to_string(part), to_string(*where.first->address.value)),
                    translation_mend(server, pool), {}});
  }
  const auto& vip = server.destination.value;
  if (is_found || !vip || !is_host(vip->network)) return;
  const RoutedAddress address{vip->network.prefix.network, vip->network.route_domain};
  const auto* decided_by = where.network->prefix.contains(address) ? sees_source(c, server, pool, where.network->prefix) : nullptr;
  if (!decided_by || !takes(c, server, where.network->prefix)) return;
  into.push_back({{}, Severity::warning, &server, server.snat.origin,
                  fmt::format("the VIP and members are in one network, {}, and nothing translates: neighbours of the members, and members "
                              "themselves, would be answered past the load balancer",
                              to_string(where.network->prefix)),
                  translation_mend(server, pool), {}});
}

void judge_neighbours(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (server.snat.value.type != SnatType::none && pool.allows_snat.value) return;
    const auto networks = member_networks(c, pool);
    if (networks.empty() || may_translate_anyway(c, server, pool)) return;
    for (const auto& where : networks) add_neighbours(c, server, pool, where, into);
  });
}

/// The stated sources that are members of the pool, by the address of each.
std::vector<const Member*> members_that_call(const LintCase& c, const Virtual& server, const Pool& pool) {
  std::vector<const Member*> found;
  for (const auto& member : pool.members) {
    const auto& address = member.address.value;
    const bool is_stated = address && std::any_of(c.known.sources.begin(), c.known.sources.end(), [&](const PathSource& source) {
                             const auto stated = stated_for(c, server, source);
                             return stated && holds(*stated, single(*address));
                           });
    if (is_stated && !c.networks.holder_of(*address)) found.push_back(&member);
  }
  return found;
}

void judge_hairpin(const LintCase& c, LintFindings& into) {
  if (c.known.sources.empty()) return;
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (server.snat.value.type != SnatType::none && pool.allows_snat.value) return;
    const auto callers = members_that_call(c, server, pool);
    if (callers.empty() || may_translate_anyway(c, server, pool)) return;
    const auto own = single(*callers.front()->address.value);
    const auto* decided_by = takes(c, server, own) ? sees_source(c, server, pool, own) : nullptr;
    if (!decided_by) return;
    into.push_back({{}, Severity::error, &server, server.snat.origin,
                    fmt::format("{} is a member of {} and a stated source: balanced to itself or to a neighbour, its connection is answered past the "
                                "load balancer",
                                to_string(*callers.front()->address.value), shown(pool.name)),
                    translation_mend(server, pool), {}});
  });
}

void judge_loop(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    const auto& vip = server.destination.value;
    if (!vip || !is_host(vip->network) || !server.translates()) return;
    const RoutedAddress address{vip->network.prefix.network, vip->network.route_domain};
    for (const auto& member : pool.members) {
      if (member.address.value != address || (vip->port != 0 && member.port != vip->port)) continue;
      into.push_back({{}, Severity::warning, &server, member.origin,
                      fmt::format("the member {} has the address and port of the virtual server itself: the BIG-IP would send to itself", shown(member.key)),
                      {fmt::format("tmsh modify ltm pool {} members delete {{ {} }}", in_command(pool.name), in_command(member.key))}, {}});
    }
  });
}

}  // namespace

const LintRule kPath001{"PATH-001", "E W", "sources in the members' own network, and no SNAT",
                        "A member answers a neighbour directly. The source gets a SYN-ACK from an address that it did not call, and resets.",
                        judge_neighbours};
const LintRule kPath002{"PATH-002", "E", "members call their own pool, and no SNAT",
                        "A member that opens a connection to the VIP of its own pool is balanced to itself or to a neighbour with its own source "
                        "address: the reply never passes the load balancer.",
                        judge_hairpin};
const LintRule kLoop001{"LOOP-001", "W", "the VIP is a member of its own pool",
                        "With address translation the connection would be sent to the virtual server again.", judge_loop};

}  // namespace hairpin::f5

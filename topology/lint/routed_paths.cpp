// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// Virtual servers whose members see sources as they are, whoever the source is.
template <class Visit>
void each_untranslated(const LintCase& c, Visit visit) {
  if (c.networks.selfs().empty()) return;  // bigip.conf alone: nobody knows who is where
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    const bool has_own = server.snat.value.type != SnatType::none && pool.allows_snat.value;
    if (has_own || !server.translates()) return;
    if (effective_snat(c.config, c.networks, server, &pool, {server.source.value, {}}).kind != SnatKind::none) return;
    if (!may_change_snat(c.config, server)) visit(server, pool);
  });
}

void judge_behind_gateway(const LintCase& c, LintFindings& into) {
  each_untranslated(c, [&](const Virtual& server, const Pool& pool) {
    const auto far = std::find_if(pool.members.begin(), pool.members.end(), [&](const Member& member) {
      if (!member.address.value || c.networks.holder_of(*member.address.value)) return false;
      const auto way = c.networks.way_to(*member.address.value);
      return !way.is_connected() && !way.is_dropped();
    });
    if (far == pool.members.end()) return;
    into.push_back({{}, Severity::warning, &server, server.snat.origin,
                    fmt::format("nothing translates, and the member {} is in no network of the BIG-IP: its reply goes where its own router sends it",
                                to_string(*far->address.value)),
                    translation_mend(server, pool), {}});
  });
}

/// Whether it was stated that hosts there use a self IP as their gateway, which is always where the virtual server is.
bool is_settled(const LintCase& c, const Virtual& server, const ConnectedNetwork& network) {
  return std::any_of(c.known.gateways.begin(), c.known.gateways.end(), [&](const StatedGateway& stated) {
    const auto* self = stated.network == network.prefix.prefix ? c.networks.self({stated.gateway, network.prefix.route_domain}) : nullptr;
    return self && moves_with(c.config, c.networks, *self, server);
  });
}

std::string floating_of(const ConnectedNetwork& network) {
  for (const auto* self : network.selfs)
    if (self->is_floating) return "the floating self IP " + to_string(*self->address.value);
  return "the self IP " + to_string(*network.selfs.front()->address.value);
}

void judge_routed(const LintCase& c, LintFindings& into) {
  each_untranslated(c, [&](const Virtual& server, const Pool& pool) {
    const auto& vip = server.destination.value;
    for (const auto& member : pool.members) {
      if (!member.address.value || !vip || c.networks.holder_of(*member.address.value)) continue;
      const auto way = c.networks.way_to(*member.address.value);
      if (!way.is_connected() || is_settled(c, server, *way.network)) continue;
      if (overlap(way.network->prefix, vip->network)) continue;  // one arm: PATH-001
      into.push_back({{}, Severity::information, &server, server.snat.origin,
                      fmt::format("nothing translates: replies of members in {} come back only if their default gateway is {}",
                                  to_string(way.network->prefix), floating_of(*way.network)),
                      {"hairpin import f5 FILE… and hairpin run find it out; no BIG-IP configuration says it"}, {}});
      return;
    }
  });
}

}  // namespace

const LintRule kPath003{"PATH-003", "W", "no SNAT, and members behind a gateway",
                        "The reply of a member in another network follows that network's routers, with the member's own address.", judge_behind_gateway};
const LintRule kPath004{"PATH-004", "I", "no SNAT: the members' default gateway decides",
                        "Without translation a member sends its reply to its default gateway. Only the BIG-IP itself turns it back into the VIP's.",
                        judge_routed};

}  // namespace hairpin::f5

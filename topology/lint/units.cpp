// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

Name group_of(const Config& config, const SnatTranslation& translation) {
  return translation.traffic_group.value.empty() ? config.traffic_group_of(translation.partition()) : translation.traffic_group.value;
}

void judge_snat_pool(const LintCase& c, const Virtual& server, Name group, LintFindings& into) {
  const auto* pool = server.snat.value.type == SnatType::pool ? c.config.snat_pools.find(server.snat.value.pool) : nullptr;
  if (!pool) return;
  for (const auto& entry : pool->members) {
    const auto* translation = c.config.snat_translations.find(entry.translation.value);
    if (!translation || group_of(c.config, *translation) == group) continue;
    into.push_back({{}, Severity::warning, &server, at(translation->traffic_group.origin, *translation),
                    fmt::format("the SNAT address {} is in {}, the virtual address in {}: after a failover of one of them replies go to the other unit",
                                shown(translation->name), shown(group_of(c.config, *translation)), shown(group)),
                    {modify("ltm snat-translation", *translation, fmt::format("traffic-group {}", in_command(group)))}, {}});
    return;
  }
}

/// A VIP that is alone there is moved; beside SNAT addresses of its group it gets a self IP of that group, since they would stay behind.
std::string together(const LintCase& c, const Virtual& server, Name group, const SelfAddress& other) {
  const bool has_snat_pool = server.snat.value.type == SnatType::pool || server.snat.value.type == SnatType::unknown || c.config.snats.begin() != c.config.snats.end();
  if (has_snat_pool) return fmt::format("tmsh create net self NAME address ADDRESS/LENGTH vlan {} traffic-group {}", in_command(other.vlan.value), in_command(group));
  return fmt::format("tmsh modify ltm virtual-address {} traffic-group {}", in_command(server.destination.value->virtual_address), in_command(other.traffic_group.value));
}

/// The floating self IPs of the VIP's own network serve another unit's traffic group only.
void judge_self_ips(const LintCase& c, const Virtual& server, Name group, LintFindings& into) {
  const auto& destination = server.destination.value;
  if (!destination || !is_host(destination->network)) return;
  const auto* network = c.networks.holding({destination->network.prefix.network, destination->network.route_domain});
  if (!network) return;
  const SelfAddress* other = nullptr;
  for (const auto* self : network->selfs) {
    if (!self->is_floating) continue;
    if (self->traffic_group.value == group || self->traffic_group.value.empty()) return;  // v10 has no traffic groups
    other = self;
  }
  if (!other) return;
  into.push_back({{}, Severity::warning, &server, at(server.destination.origin, server),
                  fmt::format("the virtual address is in {}, and the floating self IP of its network, {}, in {}", shown(group), to_string(*other->address.value),
                              shown(other->traffic_group.value)),
                  {together(c, server, group, *other)}, {}});
}

bool has_floating_towards(const LintCase& c, const Pool& pool) {
  return std::any_of(pool.members.begin(), pool.members.end(), [&](const Member& member) {
    if (!member.address.value) return true;  // not known
    const auto way = c.networks.way_to(*member.address.value);
    if (!way.network) return true;
    const auto& selfs = c.networks.selfs_on(way.vlan());
    return std::any_of(selfs.begin(), selfs.end(), [](const SelfAddress* self) { return self->is_floating; });
  });
}

void judge_mirror(const LintCase& c, const Virtual& server, LintFindings& into) {
  const auto* pool = c.config.pools.find(server.pool.value);
  if (!server.is_mirrored.value || server.snat.value.type != SnatType::automap || !pool || pool->members.empty() || has_floating_towards(c, *pool)) return;
  into.push_back({{}, Severity::warning, &server, server.is_mirrored.origin,
                  "connections are mirrored, and automap gives them the unit's own address: the other unit cannot go on with them",
                  {"tmsh create net self NAME address ADDRESS/LENGTH vlan VLAN traffic-group traffic-group-1"}, {}});
}

void judge(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto group = traffic_group_of(c.config, server);
    if (!group.empty()) {
      judge_snat_pool(c, server, group, into);
      judge_self_ips(c, server, group, into);
    }
    judge_mirror(c, server, into);
  });
}

}  // namespace

const LintRule kUnits001{"HA-001", "W", "addresses that belong together move apart", "Objects of two traffic groups may be active on two units. Replies then go to the wrong one.",
                         judge};

}  // namespace hairpin::f5

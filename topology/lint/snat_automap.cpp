// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// The self IPs that automap may take on one VLAN, for one family and route domain.
struct Egress {
  bool has_any = false, has_floating = false;
  std::set<Name> groups;  ///< of the floating ones
};

class Egresses {
 public:
  explicit Egresses(const Networks& networks) : networks_(networks) {
    for (const auto* self : networks.selfs()) families_.insert({self->address.value->address.family, self->address.value->route_domain});
  }
  bool has_family(const RoutedAddress& address) const { return families_.contains({address.address.family, address.route_domain}); }

  const Egress& of(Name vlan, const RoutedAddress& member) {
    const auto [place, is_new] = known_.try_emplace({vlan, member.address.family, member.route_domain});
    if (!is_new) return place->second;
    for (const auto* self : networks_.selfs_on(vlan)) {
      const auto& address = *self->address.value;
      if (address.address.family != member.address.family || address.route_domain != member.route_domain) continue;
      place->second.has_any = true;
      place->second.has_floating |= self->is_floating;
      if (self->is_floating) place->second.groups.insert(self->traffic_group.value);
    }
    return place->second;
  }

 private:
  const Networks& networks_;
  std::set<std::pair<Family, std::uint32_t>> families_;
  std::map<std::tuple<Name, Family, std::uint32_t>, Egress> known_;
};

/// The VLAN towards the member, where a route may lead out of a VLAN in which the BIG-IP has no address.
Name egress_of(const Networks& networks, const RoutedAddress& member) {
  const auto way = networks.way_to(member);
  return way.network || !way.route ? way.vlan() : way.route->interface.value;
}

LintFinding about(const Virtual& server, Severity severity, std::string what, std::string mend) {
  return {{}, severity, &server, server.snat.origin, std::move(what), {std::move(mend)}, {}};
}

/// What is wrong with automap towards one member; false: nothing.
bool add_fault(const LintCase& c, Egresses& egresses, const Virtual& server, const RoutedAddress& member, LintFindings& into) {
  if (!egresses.has_family(member)) {
    into.push_back(about(server, Severity::error,
                         fmt::format("automap, and no self IP is of the family and route domain of the member {}", to_string(member)),
                         "tmsh create net self NAME address ADDRESS/LENGTH vlan VLAN traffic-group traffic-group-1"));
    return true;
  }
  const auto vlan = egress_of(c.networks, member);
  if (vlan.empty()) return false;
  const auto& egress = egresses.of(vlan, member);
  const auto create = fmt::format("tmsh create net self NAME address ADDRESS/LENGTH vlan {} traffic-group traffic-group-1", in_command(vlan));
  if (!egress.has_any) {
    into.push_back(about(server, Severity::error,
                         fmt::format("automap, and no self IP on VLAN {} towards the member {}", shown(vlan), to_string(member)), create));
    return true;
  }
  if (!egress.has_floating && c.networks.is_pair()) {
    into.push_back(about(server, Severity::warning,
                         fmt::format("automap finds no floating self IP on VLAN {}: members see the unit's own address, and connections end at a failover",
                                     shown(vlan)), create));
    return true;
  }
  const auto group = traffic_group_of(c.config, server);
  const bool is_known = !group.empty() && !egress.groups.contains(Name());  // v10 has no traffic groups
  if (!egress.has_floating || !is_known || egress.groups.contains(group)) return false;
  into.push_back(about(server, Severity::warning,
                       fmt::format("automap takes a floating self IP of {}, the virtual address is in {}: after a failover of one of them replies go to "
                                   "the other unit", shown(*egress.groups.begin()), shown(group)),
                       fmt::format("tmsh create net self NAME address ADDRESS/LENGTH vlan {} traffic-group {}", in_command(vlan), in_command(group))));
  return true;
}

void judge(const LintCase& c, LintFindings& into) {
  if (c.networks.selfs().empty()) return;  // unknown, not wrong: bigip_base.conf is not among the files
  Egresses egresses(c.networks);
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (server.snat.value.type != SnatType::automap || !pool.allows_snat.value) return;
    for (const auto& member : pool.members)
      if (member.address.value && add_fault(c, egresses, server, *member.address.value, into)) return;
  });
}

}  // namespace

const LintRule kSnat001{"SNAT-001", "E W", "automap without a fitting self IP",
                        "Automap takes the floating self IP of the VLAN towards the member. Without one the connection fails, or does not survive a "
                        "failover.",
                        judge};

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/f5/secrets.hpp"
#include "topology/predict/snat.hpp"

namespace hairpin::f5 {
namespace {

Translated of_self(const SelfAddress& self) {
  return {*self.address.value, &self, self.traffic_group.value, true, self.is_floating};
}

/// Self IPs that could be used, in the order in which automap is said to prefer them.
struct Candidates {
  std::vector<Translated> floating_here, floating_elsewhere, own_here, own_elsewhere;
};

Candidates candidates_for(const Networks& networks, const RoutedAddress& member, Name vlan) {
  Candidates found;
  for (const auto* self : networks.selfs()) {
    const auto& address = *self->address.value;
    if (address.address.family != member.address.family || address.route_domain != member.route_domain) continue;
    const bool is_here = self->vlan.value == vlan;
    auto& list = self->is_floating ? (is_here ? found.floating_here : found.floating_elsewhere)
                                   : (is_here ? found.own_here : found.own_elsewhere);
    list.push_back(of_self(*self));
  }
  return found;
}

std::string list_of(const std::vector<Translated>& addresses) {
  std::string text;
  for (const auto& each : addresses) text += (text.empty() ? "" : ", ") + to_string(each.address);
  return text;
}

void append(std::vector<Translated>& into, const std::vector<Translated>& more) { into.insert(into.end(), more.begin(), more.end()); }

TranslatedSet undocumented(const Candidates& found, Name vlan, Why& why) {
  TranslatedSet set{.addresses = found.floating_elsewhere, .is_certain = false};
  append(set.addresses, found.own_here);
  if (set.addresses.empty()) set.addresses = found.own_elsewhere;
  why.add(nullptr, {}, [&] {
    return fmt::format("no floating self IP on VLAN {} towards the member; which of the others automap takes is not documented: {}",
                       shown(vlan), list_of(set.addresses));
  });
  return set;
}

/// On every unit at once the units' own addresses are used as well (F5: spanning).
bool is_spanning(const Config& config, const Virtual& server) {
  if (!server.destination.value) return false;
  const auto* address = config.virtual_addresses.find(server.destination.value->virtual_address);
  return address && address->is_spanning.value;
}

TranslatedSet automap(const Config& config, const Networks& networks, const Virtual& server, const RoutedAddress& member, Why& why) {
  const auto way = networks.way_to(member);
  if (!way.network) {
    why.add(nullptr, {}, [&] {
      return networks.selfs().empty()
                 ? std::string("the files have no self IP (bigip_base.conf has them): automap's address is not known")
                 : fmt::format("no connected network and no route leads to {}: automap's address is not known", to_string(member));
    });
    return {};
  }
  const auto found = candidates_for(networks, member, way.vlan());
  if (is_spanning(config, server)) {
    TranslatedSet set{.addresses = found.floating_here, .is_certain = false};
    append(set.addresses, found.own_here);
    why.add(&server, {}, [] { return std::string("the virtual address is spanning: each unit takes addresses of its own"); });
    return set;
  }
  if (!found.floating_here.empty()) {
    why.add(found.floating_here.front().object, {}, [&] {
      return fmt::format("automap takes the floating self IP of VLAN {} towards the member: {}", shown(way.vlan()),
                         list_of(found.floating_here));
    });
    return {found.floating_here, true};
  }
  if (found.floating_elsewhere.empty() && !found.own_here.empty()) {
    why.add(found.own_here.front().object, {}, [&] {
      return fmt::format("automap finds no floating self IP of {}: it takes the unit's own of VLAN {}: {}",
                         member.address.family == Family::ipv4 ? "IPv4" : "IPv6", shown(way.vlan()), list_of(found.own_here));
    });
    return {found.own_here, true};
  }
  return undocumented(found, way.vlan(), why);
}

Translated of_translation(const Config& config, Name name, const RoutedAddress& address) {
  const auto* translation = config.snat_translations.find(name);
  if (!translation) return {address, nullptr, {}, true, true};
  const auto group = translation->traffic_group.value;
  return {address, translation, group.empty() ? config.traffic_group_of(translation->partition()) : group,
          translation->answers_arp.value, group != kLocalOnly};
}

/// What becomes of connections then is not documented.
bool is_disabled(const Config& config, Name name, Why& why) {
  const auto* translation = config.snat_translations.find(name);
  if (!translation || translation->is_enabled.value) return false;
  why.add(translation, translation->is_enabled.origin,
          [&] { return fmt::format("the translation {} is disabled: as whom members see connections is not known", shown(name)); });
  return true;
}

bool fits(const RoutedAddress& address, const RoutedAddress& member) {
  return address.address.family == member.address.family && address.route_domain == member.route_domain;
}

TranslatedSet of_pool(const Config& config, Name name, const RoutedAddress& member, Why& why) {
  const auto* pool = config.snat_pools.find(name);
  if (!pool) {
    why.add(nullptr, {}, [&] { return fmt::format("the SNAT pool {} is in none of the files", shown(name)); });
    return {};
  }
  TranslatedSet set;
  for (const auto& entry : pool->members) {
    if (is_disabled(config, entry.translation.value, why)) return {};
    if (!entry.address) set.is_certain = false;
    if (entry.address && fits(*entry.address, member)) set.addresses.push_back(of_translation(config, entry.translation.value, *entry.address));
  }
  why.add(pool, {}, [&] {
    if (set.addresses.empty()) return fmt::format("the SNAT pool {} has no address of the member's family and route domain", shown(name));
    return fmt::format("the SNAT pool {} has {}", shown(name), list_of(set.addresses));
  });
  return set;
}

TranslatedSet of_global(const Config& config, const GlobalSnat& snat, const RoutedAddress& member, Why& why) {
  const auto name = snat.translation.value;
  if (is_disabled(config, name, why)) return {};
  const auto* translation = config.snat_translations.find(name);
  std::optional<RoutedAddress> address = translation ? translation->address.value : std::nullopt;
  if (!address)
    if (const auto written = parse_written_address(name.substr(name.rfind('/') + 1)))
      address = RoutedAddress{written->address, written->route_domain.value_or(config.route_domain_of(snat.partition()))};
  if (!address || !fits(*address, member)) {
    why.add(&snat, snat.translation.origin,
            [&] { return fmt::format("its translation {} is no address that fits the member", shown(name)); });
    return {};
  }
  why.add(&snat, snat.translation.origin, [&] { return "it translates to " + to_string(*address); });
  return {{of_translation(config, name, *address)}, true};
}

}  // namespace

TranslatedSet translated(const Config& config, const Networks& networks, const Virtual& server, const EffectiveSnat& snat,
                         const RoutedAddress& member, Why why) {
  switch (snat.kind) {
    case SnatKind::automap:
      return automap(config, networks, server, member, why);
    case SnatKind::pool:
      return of_pool(config, snat.snat_pool, member, why);
    case SnatKind::translation:
      return of_global(config, *snat.global, member, why);
    case SnatKind::none:
    case SnatKind::unknown:
      return {};
  }
  return {};
}

Name traffic_group_of(const Config& config, const Virtual& server) {
  if (!server.destination.value) return {};
  const auto* address = config.virtual_addresses.find(server.destination.value->virtual_address);
  if (address && !address->traffic_group.value.empty()) return address->traffic_group.value;
  return config.traffic_group_of(server.partition());
}

bool moves_with(const Config& config, const Networks& networks, const SelfAddress& self, const Virtual& server) {
  if (!self.is_floating) return !networks.is_pair();
  const auto own = self.traffic_group.value, group = traffic_group_of(config, server);
  return own.empty() || group.empty() || own == group;
}

}  // namespace hairpin::f5

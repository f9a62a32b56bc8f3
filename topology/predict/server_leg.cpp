// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/predict/legs.hpp"

namespace hairpin::f5 {
namespace {

const StatedGateway* gateway_of(const Known& known, const IpAddress& address) {
  const StatedGateway* best = nullptr;
  for (const auto& each : known.gateways)
    if (each.network.contains(address) && (!best || each.network.length > best->network.length)) best = &each;
  return best;
}

/// Why a reply to that self IP may meet another unit than the one that has the connection; empty: it does not.
std::string doubt_of(const PathCase& c, const SelfAddress& self) {
  if (moves_with(c.config, c.networks, self, c.server)) return {};
  if (!self.is_floating)
    return fmt::format("the member's gateway, as stated, is {}, one unit's own self IP: while the other unit is active replies go to the wrong one",
                       to_string(*self.address.value));
  return fmt::format("the member's gateway, as stated, is {} in {}, the virtual address in {}: after a failover they may be on two units",
                     to_string(*self.address.value), shown(self.traffic_group.value), shown(traffic_group_of(c.config, c.server)));
}

PathVerdict by_stated_gateway(const PathCase& c, const StatedGateway& stated, Why& why) {
  const RoutedAddress gateway{stated.gateway, c.member.address.value->route_domain};
  if (const auto* self = c.networks.self(gateway)) {
    if (auto doubt = doubt_of(c, *self); !doubt.empty()) {
      why.add(self, self->address.origin, [&] { return doubt; });
      return PathVerdict::needs_probe;
    }
    why.add(self, self->address.origin, [&] {
      return fmt::format("the member's gateway, as stated, is the {} self IP {}: its reply comes back", self->is_floating ? "floating" : "unit's own",
                         to_string(gateway));
    });
    return PathVerdict::symmetric;
  }
  why.add(nullptr, {}, [&] {
    return fmt::format("the member's gateway, as stated, is {}, which is no self IP: its reply goes there with the member's own address",
                       to_string(gateway));
  });
  return PathVerdict::asymmetric_likely;
}

PathVerdict to_another_network(const PathCase& c, Why& why) {
  const auto& member = *c.member.address.value;
  if (const auto* stated = gateway_of(c.known, member.address)) return by_stated_gateway(c, *stated, why);
  why.add(nullptr, {}, [&] {
    return fmt::format("the member {} replies by its default gateway: only if that is the floating self IP of its VLAN the reply comes back; "
                       "no BIG-IP configuration says it",
                       to_string(member));
  });
  return PathVerdict::needs_probe;
}

PathVerdict behind_gateway(const PathCase& c, const Way& way, Why& why) {
  const auto& member = *c.member.address.value;
  why.add(way.route, way.route->gateway.origin, [&] {
    const auto& route = *way.route;
    return fmt::format("the member {} is behind a gateway{}, and sees the source itself: its reply goes where its own router sends it", to_string(member),
                       route.gateway.value ? " " + to_string(*route.gateway.value) : route.pool.value.empty() ? "" : " of the pool " + shown(route.pool.value));
  });
  return PathVerdict::asymmetric_likely;
}

bool is_of_somebody(const Known& known, const IpAddress& address) {
  return std::ranges::any_of(known.gateways, [&](const StatedGateway& each) { return each.gateway == address; }) ||
         std::ranges::any_of(known.sources, [&](const PathSource& each) { return each.network.network == address && each.network.length == address.size() * 8; });
}

/// A self IP of its own is each unit's; a translation that does not float is on both.
bool is_on_one_unit(const PathCase& c, const Translated& address) {
  const bool is_self = c.networks.self(address.address) != nullptr;
  return !address.is_floating && !is_self && c.networks.is_pair();
}

/// Whether a reply to this address surely reaches the load balancer that opened the connection.
bool comes_back(const PathCase& c, const Way& way, const Translated& address, Name group, Why& why) {
  if (const auto* pool = c.networks.pool_with(address.address)) {
    why.add(pool, {}, [&] { return fmt::format("{} is a member's own address as well: which of the two gets replies to it is not known", to_string(address.address)); });
    return false;
  }
  if (!c.networks.self(address.address) && is_of_somebody(c.known, address.address.address)) {
    why.add(address.object, {}, [&] { return fmt::format("{} is, as stated, a gateway's or a source's own address: which of the two gets replies to it is not known", to_string(address.address)); });
    return false;
  }
  if (!address.answers_arp) {
    why.add(address.object, {}, [&] { return fmt::format("{} answers no ARP: nobody finds it in its network", to_string(address.address)); });
    return false;
  }
  if (!way.is_connected() || !way.network->prefix.contains(address.address)) {
    why.add(address.object, {}, [&] {
      return fmt::format("{} is not in the member's connected network{}: the member needs a route to it", to_string(address.address),
                         way.is_connected() ? " " + to_string(way.network->prefix) : "");
    });
    return false;
  }
  const bool is_elsewhere = (address.is_floating || is_on_one_unit(c, address)) && !address.traffic_group.empty() && !group.empty() && address.traffic_group != group;
  if (is_elsewhere)
    why.add(address.object, {}, [&] {
      return fmt::format("{} is in {}, the virtual address in {}: after a failover they may be on two units", to_string(address.address),
                         shown(address.traffic_group), shown(group));
    });
  return !is_elsewhere;
}

/// Whether all of the sender is in the member's network, and in no narrower one that is connected as well.
bool is_neighbour(const PathCase& c, const ConnectedNetwork& network) {
  if (!holds(network.prefix, c.sender.network)) return false;
  const auto* own = c.networks.holding({c.sender.network.prefix.network, c.sender.network.route_domain});
  return own == &network || !own || !holds(own->prefix, c.sender.network);
}
}  // namespace

PathVerdict untranslated_leg(const PathCase& c, Why why) {
  const auto& member = *c.member.address.value;
  const auto way = c.networks.way_to(member);
  if (c.sender.network == single(member)) {
    why.add(&c.pool, c.member.origin, [&] {
      return fmt::format("{} is the member itself: its own connection comes back to it with its own source address", to_string(member));
    });
    return PathVerdict::asymmetric_certain;
  }
  if (!way.network) {
    why.add(way.route, {}, [&] {
      return c.networks.selfs().empty()
             ? std::string("the files have no self IP (bigip_base.conf has them): the networks are not known")
             : way.route ? fmt::format("the route {} leads to the member {}, and its gateway is in no connected network", shown(way.route->name), to_string(member))
                         : fmt::format("no connected network and no route leads to the member {}", to_string(member));
    });
    return PathVerdict::unknown;
  }
  if (!way.is_connected()) return behind_gateway(c, way, why);
  if (!is_neighbour(c, *way.network)) return to_another_network(c, why);
  const auto* self = way.network->selfs.front();
  why.add(self, self->address.origin, [&] {
    return fmt::format("{} is in the member's own network {}: the member answers it directly, past the load balancer",
                       to_string(c.sender.network), to_string(way.network->prefix));
  });
  return PathVerdict::asymmetric_certain;
}

PathVerdict translated_leg(const PathCase& c, const TranslatedSet& set, Why why) {
  if (set.addresses.empty()) return PathVerdict::unknown;
  if (c.networks.selfs().empty()) {
    why.add(nullptr, {}, [] { return std::string("the files have no self IP (bigip_base.conf has them): the networks are not known"); });
    return PathVerdict::unknown;
  }
  const auto way = c.networks.way_to(*c.member.address.value);
  const auto group = traffic_group_of(c.config, c.server);
  bool all_come_back = true;
  for (const auto& each : set.addresses) all_come_back &= comes_back(c, way, each, group, why);
  if (!all_come_back) return PathVerdict::needs_probe;
  why.add(nullptr, {}, [] { return std::string("the member replies to an address that the load balancer holds in the member's own network"); });
  return PathVerdict::symmetric;
}

}  // namespace hairpin::f5

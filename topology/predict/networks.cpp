// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/networks.hpp"

namespace hairpin::f5 {

Networks::Networks(const Config& config) {
  for (const auto& self : config.selfs) {
    const auto network = self.network();
    if (!network || !self.address.value) continue;
    selfs_.push_back(&self);
    by_vlan_[self.vlan.value].push_back(&self);
    by_address_.try_emplace(*self.address.value, &self);
    if (const auto* known = by_prefix_.find(*network)) {
      connected_[*known].selfs.push_back(&self);
      continue;
    }
    by_prefix_.at(*network) = connected_.size();
    connected_.push_back({*network, self.vlan.value, {&self}});
  }
  for (const auto& route : config.routes)
    if (route.network.value) routes_.at(*route.network.value) = &route;
  for (const auto& snat : config.snats)
    for (const auto& origin : snat.origins) global_snats_.at(origin.value).push_back(&snat);
  for (const auto& nat : config.nats)
    if (nat.originating.value && nat.is_enabled.value) nats_.try_emplace(*nat.originating.value, &nat);
}

const ConnectedNetwork* Networks::holding(const RoutedAddress& address) const {
  const auto* found = by_prefix_.longest(address);
  return found ? &connected_[*found] : nullptr;
}

Way Networks::way_to(const RoutedAddress& address) const {
  const auto* network = holding(address);
  const auto* route = routes_.longest(address);
  const bool is_routed_closer = network && route && (*route)->network.value->prefix.length > network->prefix.prefix.length;
  if (network && !is_routed_closer) return {network, nullptr};
  if (!route) return {};
  const auto& gateway = (*route)->gateway.value;
  return {gateway ? holding(*gateway) : nullptr, *route};
}

Name Networks::vlan_of(const RoutedPrefix& network) const {
  bool is_one = true;
  const auto another = [&](const RoutedPrefix&, const auto&) { return is_one = false; };
  by_prefix_.each_within(network, another);
  routes_.each_within(network, another);
  return is_one ? way_to({network.prefix.network, network.route_domain}).vlan() : Name();
}

const SelfAddress* Networks::self(const RoutedAddress& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : found->second;
}

const std::vector<const SelfAddress*>& Networks::selfs_on(Name vlan) const {
  static const std::vector<const SelfAddress*> none;
  const auto found = by_vlan_.find(vlan);
  return found == by_vlan_.end() ? none : found->second;
}

const Nat* Networks::nat_of(const RoutedAddress& address) const {
  const auto found = nats_.find(address);
  return found == nats_.end() ? nullptr : found->second;
}

bool holds(const RoutedPrefix& outer, const RoutedPrefix& inner) {
  return outer.route_domain == inner.route_domain && outer.prefix.length <= inner.prefix.length &&
         outer.prefix.contains(inner.prefix.network);
}

bool overlap(const RoutedPrefix& left, const RoutedPrefix& right) { return holds(left, right) || holds(right, left); }

RoutedPrefix single(const RoutedAddress& address) {
  return {{address.address, static_cast<std::uint8_t>(address.address.size() * 8)}, address.route_domain};
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/networks.hpp"

#include <algorithm>

namespace hairpin::f5 {

namespace {

template <class Rows>
auto first_of(const Rows& rows, const RoutedAddress& address) -> decltype(rows.front().second) {
  const auto place = std::ranges::lower_bound(rows, address, {}, [](const auto& row) { return row.first; });
  return place == rows.end() || place->first != address ? nullptr : place->second;
}

template <class Rows>
void sort(Rows& rows) {
  std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first; });
}

}  // namespace

Networks::Networks(const Config& config) : config_(config) {
  list_holders(config);
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
  return {towards(**route), *route};
}

/// A pool of gateways counts where all of them are in one network.
const ConnectedNetwork* Networks::towards(const Route& route) const {
  if (route.gateway.value) return holding(*route.gateway.value);
  const auto* pool = config_.pools.find(route.pool.value);
  const ConnectedNetwork* network = nullptr;
  if (!pool) return nullptr;
  for (const auto& member : pool->members) {
    const auto* of_member = member.address.value ? holding(*member.address.value) : nullptr;
    if (!of_member || (network && of_member != network)) return nullptr;
    network = of_member;
  }
  return network;
}

void Networks::list_holders(const Config& config) {
  for (const auto& self : config.selfs) {
    if (self.address.value) holders_.emplace_back(*self.address.value, &self);
    is_pair_ |= self.is_floating;
  }
  is_pair_ |= config.devices.size() > 1;
  for (const auto& server : config.virtuals) {
    const auto& destination = server.destination.value;
    if (!destination || !server.is_enabled.value || !is_host(destination->network)) continue;
    holders_.emplace_back(RoutedAddress{destination->network.prefix.network, destination->network.route_domain}, &server);
  }
  for (const auto& pool : config.pools)
    for (const auto& member : pool.members)
      if (member.address.value) members_.emplace_back(*member.address.value, &pool);
  sort(holders_);
  sort(members_);
}

const Object* Networks::holder_of(const RoutedAddress& address) const { return first_of(holders_, address); }
const Pool* Networks::pool_with(const RoutedAddress& member) const { return first_of(members_, member); }

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

bool is_host(const RoutedPrefix& network) { return network.prefix.length == network.prefix.network.size() * 8; }

RoutedPrefix single(const RoutedAddress& address) {
  return {{address.address, static_cast<std::uint8_t>(address.address.size() * 8)}, address.route_domain};
}

}  // namespace hairpin::f5

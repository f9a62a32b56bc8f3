// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/precedence.hpp"

#include <algorithm>
#include <tuple>

namespace hairpin::f5 {
namespace {

auto rank(const Virtual& server) {
  const auto& destination = server.destination.value;
  return std::tuple(destination ? destination->network.prefix.length : 0, server.source.value.prefix.length, destination && destination->port != 0);
}

bool is_any(const Value<Text>& protocol) { return protocol.value == "any"; }

/// Whether the two could be asked for one connection, whoever sends it.
bool may_meet(const Virtual& left, const Virtual& right) {
  const auto here = left.destination.value->port, there = right.destination.value->port;
  if (here != there && here != 0 && there != 0) return false;
  if (left.ip_protocol.value != right.ip_protocol.value && !is_any(left.ip_protocol) && !is_any(right.ip_protocol)) return false;
  const auto& listed = left.vlans;
  if (!listed.is_only_listed.value || !right.vlans.is_only_listed.value || listed.vlans.empty() || right.vlans.vlans.empty()) return true;
  return std::ranges::any_of(listed.vlans, [&](const Reference& vlan) { return right.vlans.listens_on(vlan.value); });
}

bool is_of_all_traffic(const Virtual& other, const Virtual& server) {
  const auto port = other.destination.value->port;
  return (port == 0 || port == server.destination.value->port) && (is_any(other.ip_protocol) || other.ip_protocol.value == server.ip_protocol.value);
}

void add(Claims& claims, const Virtual& server, const Virtual& other, const Sender& sender) {
  const bool is_vlan_open = !other.vlans.vlans.empty() && sender.vlan.empty();
  const bool is_equal = rank(other) == rank(server);
  if (is_equal || is_vlan_open)
    claims.in_doubt = &other;
  else if (!is_of_all_traffic(other, server))
    claims.others.push_back(&other);
  else if (holds(other.source.value, sender.network))
    claims.of_all = &other;
  else
    claims.parts.emplace_back(other.source.value, &other);
}

}  // namespace

bool is_more_specific(const Virtual& left, const Virtual& right) { return rank(left) > rank(right); }

bool is_listening(const Config& config, const Virtual& server) {
  if (!server.is_enabled.value || server.mode.value == VirtualMode::internal || !server.destination.value) return false;
  const auto* address = config.virtual_addresses.find(server.destination.value->virtual_address);
  return !address || address->is_enabled.value;
}

Precedence::Precedence(const Config& config) {
  for (const auto& server : config.virtuals)
    if (is_listening(config, server)) by_destination_[server.destination.value->network].push_back(&server);
}

Claims Precedence::claims(const Virtual& server, const Sender& sender) const {
  Claims claims;
  const auto same = by_destination_.find(server.destination.value->network);
  if (same == by_destination_.end()) return claims;
  for (const auto* other : same->second) {
    if (other == &server || is_more_specific(server, *other) || !may_meet(server, *other)) continue;
    if (!overlap(other->source.value, sender.network)) continue;
    if (!sender.vlan.empty() && !other->vlans.listens_on(sender.vlan)) continue;
    add(claims, server, *other, sender);
  }
  return claims;
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/f5/build/builder.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kMostNotices = 1000;  // the rest says nothing new

using Address = Value<std::optional<RoutedAddress>>;

std::uint8_t host_bits(const IpAddress& address) { return address.family == Family::ipv4 ? 32 : 128; }

/// The address that is a name's last part: "/Common/10.0.0.1%2".
std::optional<RoutedAddress> address_in(const Config& config, Name name, Text partition) {
  const auto written = parse_written_address(name.substr(name.rfind('/') + 1));
  if (!written || written->length) return {};
  return RoutedAddress{written->address, written->route_domain.value_or(config.route_domain_of(partition))};
}

void resolve_destination(Config& config, std::uint32_t file, Virtual& server, const Node& said) {
  const auto written = parse_written_endpoint(said.word(1));
  Destination destination;
  destination.virtual_address = config.full_name(written.name);
  destination.port = written.port.value_or(0);
  std::optional<std::uint8_t> bits;
  if (const auto* mask = server.node->child("mask")) bits = parse_mask(mask->word(1));
  const auto* object = config.virtual_addresses.find(destination.virtual_address);
  std::optional<RoutedAddress> address;
  if (object && object->address.value) {
    address = object->address.value;
    if (!bits) bits = object->mask_bits.value;
  } else if (written.address) {
    address = {*written.address, written.route_domain.value_or(config.route_domain_of(server.partition()))};
  }
  if (!address || !written.port) return;
  if (!bits) bits = address->address.is_unspecified() ? std::uint8_t{0} : host_bits(address->address);
  destination.network = {network_of(address->address, *bits), address->route_domain};
  server.destination = {destination, {file, said.line}};
}

/// tmsh writes names of services that are in the BIG-IP's own list and in no short one.
void note_destination(Config& config, const Virtual& server, const Node& said) {
  if (config.notices.size() >= kMostNotices) return;
  const auto written = parse_written_endpoint(said.word(1));
  const bool is_service = (written.address || config.virtual_addresses.find(config.full_name(written.name))) && !written.port;
  config.notices.push_back(
      {{server.origin.file, said.line},
       fmt::format("{} {}: the {} of the destination is not understood{}", server.kind, shown(server.name), is_service ? "port" : "address",
                   is_service ? "; `tmsh modify cli global-settings service number` makes it a number" : "")});
}

void resolve_virtual(Config& config, Virtual& server) {
  if (const auto* said = server.node->child("destination")) {
    resolve_destination(config, server.origin.file, server, *said);
    if (!server.destination.value) note_destination(config, server, *said);
  }
  if (!server.source.is_stated()) {
    const auto& destination = server.destination.value;
    const bool is_ipv6 = destination && destination->network.prefix.network.family == Family::ipv6;
    server.source.value.prefix.network.family = is_ipv6 ? Family::ipv6 : Family::ipv4;
    server.source.value.route_domain = destination ? destination->network.route_domain : 0;
  }
  if (!server.ip_protocol.is_stated()) server.ip_protocol.value = "any";
}

void resolve_member(const Config& config, const Pool& pool, Member& member) {
  if (!member.fqdn.value.empty()) {
    member.address.value.reset();  // `address any6` stands beside a name
    return;
  }
  if (member.address.value) return;
  const auto* node = config.nodes.find(member.node);
  if (node && !node->fqdn.value.empty()) {
    member.fqdn = node->fqdn;
    return;
  }
  member.address = node && node->address.value ? node->address : Address{address_in(config, member.node, pool.partition()), member.origin};
}

template <class T>
void address_by_name(const Config& config, T& object) {
  if (!object.address.is_stated()) object.address = {address_in(config, object.name, object.partition()), object.origin};
}

void resolve_entry(const Config& config, const SnatPool& pool, SnatPool::Entry& entry) {
  const auto* translation = config.snat_translations.find(entry.translation.value);
  entry.address = translation && translation->address.value
                      ? translation->address.value
                      : address_in(config, entry.translation.value, pool.partition());
}

/// A stanza that stands in two files says the same twice; when it does not, somebody should know.
void note_redefinitions(Config& config) {
  std::unordered_map<Name, const Object*> seen;
  seen.reserve(config.objects.size());
  for (const auto& object : config.objects) {
    if (object.name.empty()) continue;
    const auto [place, is_new] = seen.try_emplace(object.name, &object);
    if (is_new) continue;
    const auto* before = place->second;
    if (before->kind == object.kind && before->node->text != object.node->text && config.notices.size() < kMostNotices)
      config.notices.push_back({object.origin, "defined again in other words, the later place counts: " +
                                                   config.cite(*before)});
    place->second = &object;
  }
}

}  // namespace

void resolve(Config& config) {
  for (auto& address : config.virtual_addresses) address_by_name(config, address);
  for (auto& node : config.nodes) {
    if (node.fqdn.value.empty()) address_by_name(config, node);
    else node.address.value.reset();
  }
  for (auto& translation : config.snat_translations) address_by_name(config, translation);
  for (auto& pool : config.pools)
    for (auto& member : pool.members) resolve_member(config, pool, member);
  for (auto& pool : config.snat_pools)
    for (auto& entry : pool.members) resolve_entry(config, pool, entry);
  for (auto& server : config.virtuals) resolve_virtual(config, server);
  note_redefinitions(config);
}

}  // namespace hairpin::f5

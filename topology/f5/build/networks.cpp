// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

constexpr Text kLocalOnly = "/Common/traffic-group-local-only";

void self_address(Reading& reading, SelfAddress& self, const Node& node) {
  const auto written = parse_written_address(node.word(1));
  if (!written) return reading.odd(node);
  const std::uint8_t host = written->address.family == Family::ipv4 ? 32 : 128;
  self.address = {RoutedAddress{written->address, reading.route_domain(written->route_domain)}, reading.origin(node)};
  self.prefix_length = {written->length.value_or(host), reading.origin(node)};
}

void netmask(Reading& reading, SelfAddress& self, const Node& node) {
  const auto length = parse_mask(node.word(1));
  if (!length) return reading.odd(node);
  self.prefix_length = {*length, reading.origin(node)};
}

void traffic_group(Reading& reading, SelfAddress& self, const Node& node) {
  self.traffic_group = reading.reference(node.key(), kTrafficGroupKind, node.word(1), node);
  self.is_floating = !self.traffic_group.value.empty() && self.traffic_group.value != kLocalOnly;
}

void allow_service(Reading& reading, SelfAddress& self, const Node& node) {
  if (!node.is_block()) {
    self.allow_service = reading.text(node);
    return;
  }
  std::string services;
  for (const auto& child : node.block) {
    if (child.kind == NodeKind::comment) continue;
    if (!services.empty()) services += ' ';
    services += child.key();
  }
  self.allow_service = {reading.config().keep(services), reading.origin(node)};
}

constexpr Key<SelfAddress> kSelf[] = {
    {"address", self_address},
    {"netmask", netmask},
    {"vlan", reference_of<&SelfAddress::vlan, kVlanKind>},
    {"traffic-group", traffic_group},
    {"floating", [](Reading& reading, SelfAddress& self,
                    const Node& node) { self.is_floating = reading.truth(node).value; }},
    {"allow-service", allow_service},
    {"inherited-traffic-group"}, {"unit"}, {"address-source"}, {"description"}, {"app-service"}, {"fw-enforced-policy"},
    {"fw-staged-policy"}, {"service-policy"}, {"partition"}};

void interfaces(Reading& reading, Vlan& vlan, const Node& node) {
  for (std::size_t i = 1; i < node.words.size(); ++i) vlan.interfaces.push_back({node.words[i], reading.origin(node)});
  for (const auto& child : node.block)
    if (child.kind != NodeKind::comment) vlan.interfaces.push_back({child.key(), reading.origin(child)});
}

constexpr Key<Vlan> kVlan[] = {
    {"tag", number_of<&Vlan::tag>},
    {"interfaces", interfaces},
    {"members", references_of<&Vlan::members, kVlanKind>},
    {"auto-lasthop", toggle_of<&Vlan::auto_lasthop>},
    {"source-checking", truth_of<&Vlan::checks_source>},
    {"mtu", number_of<&Vlan::mtu_bytes>},
    {"cmp-hash"}, {"customer-tag"}, {"dag-adjustment"}, {"dag-round-robin"}, {"dag-tunnel"}, {"description"},
    {"failsafe"}, {"failsafe-action"}, {"failsafe-timeout"}, {"hardware-syncookie"}, {"if-index"}, {"learning"}, {"sflow"},
    {"syn-flood-rate-limit"}, {"syncache-threshold"}, {"mode"}, {"bridge-traffic"}, {"vlan-group"}, {"partition"},
    {"app-service"}, {"profile"}, {"local-address"}, {"remote-address"}, {"key"}, {"fwd-mode"}, {"migration-keepalive"}};

constexpr Key<Route> kRoute[] = {
    {"network", prefix_of<&Route::network>},
    {"gw", address_of<&Route::gateway>},
    {"pool", reference_of<&Route::pool, kPoolKind>},
    {"interface", reference_of<&Route::interface, kVlanKind>},
    {"blackhole", truth_of<&Route::is_blackhole>},
    {"mtu"}, {"description"}, {"partition"}};

constexpr Key<RouteDomain> kRouteDomain[] = {
    {"id", number_of<&RouteDomain::id>},
    {"parent", reference_of<&RouteDomain::parent, kRouteDomainKind>},
    {"strict", truth_of<&RouteDomain::is_strict>},
    {"vlans", references_of<&RouteDomain::vlans, kVlanKind>},
    {"security-nat-policy", reference_of<&RouteDomain::nat_policy, kNatPolicyKind>},
    {"bwc-policy"}, {"connection-limit"}, {"description"}, {"flow-eviction-policy"}, {"fw-enforced-policy"},
    {"fw-staged-policy"}, {"routing-protocol"}, {"service-policy"}, {"throughput-capacity"},
    {"app-service"}, {"partition"}};

constexpr Key<Partition> kPartition[] = {
    {"default-route-domain", number_of<&Partition::default_route_domain>},
    {"traffic-group", reference_of<&Partition::traffic_group, kTrafficGroupKind>},
    {"description"}, {"device-group"}, {"hidden"}, {"inherited-devicegroup"}, {"inherited-traffic-group"}, {"no-ref-check"}};

}  // namespace

std::optional<RoutedPrefix> SelfAddress::network() const {
  if (!address.value) return {};
  return RoutedPrefix{network_of(address.value->address, prefix_length.value), address.value->route_domain};
}

void read_object(Reading& reading, SelfAddress& object) { read_keys<SelfAddress>(reading, object, object.node->block, kSelf); }
void read_object(Reading& reading, Vlan& object) { read_keys<Vlan>(reading, object, object.node->block, kVlan); }
void read_object(Reading& reading, Route& object) { read_keys<Route>(reading, object, object.node->block, kRoute); }
void read_object(Reading& reading, RouteDomain& object) {
  read_keys<RouteDomain>(reading, object, object.node->block, kRouteDomain);
}
void read_object(Reading& reading, Partition& object) {
  read_keys<Partition>(reading, object, object.node->block, kPartition);
}
void read_object(Reading&, TrafficGroup&) {}
void read_object(Reading& reading, Device& object) {
  for (const auto& node : object.node->block) {
    if (node.key() == "self-device") object.is_self = reading.truth(node);
    if (node.key() == "hostname") object.hostname = reading.text(node);
  }
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

template <VirtualMode kMode>
void mode(Reading& reading, Virtual& virtual_server, const Node& node) {
  if (node.words.size() > 1 && !reading.truth(node).value) return;  // `internal no` of all-properties
  const Value<VirtualMode> value{kMode, reading.origin(node)};
  if (virtual_server.all_modes.empty()) virtual_server.mode = value;
  virtual_server.all_modes.push_back(value);
}

void snat(Reading& reading, Virtual& virtual_server, const Node& node) {
  if (!node.is_block()) {
    virtual_server.snat = legacy_snat(reading, node);
    return;
  }
  Value<SnatSetting> setting{{}, reading.origin(node)};
  const auto* type = node.child("type");
  if (const auto* pool = node.child("pool")) {
    const bool is_lsn = type && type->word(1) == "lsn";
    setting.value.pool = reading.reference("source-address-translation pool", is_lsn ? kLsnPoolKind : kSnatPoolKind, pool->word(1), *pool).value;
  }
  if (type) {
    const auto word = type->word(1);
    setting.origin = reading.origin(*type);
    if (word == "automap") setting.value.type = SnatType::automap;
    else if (word == "snat") setting.value.type = SnatType::pool;
    else if (word == "lsn") setting.value.type = SnatType::lsn;
    else if (word != "none") {
      setting.value.type = SnatType::unknown;  // who cannot read it must not say that nothing translates
      reading.odd(*type);
    }
  }
  virtual_server.snat = setting;
}

void profiles(Reading& reading, Virtual& virtual_server, const Node& node) {
  for (const auto& child : node.block) {
    if (child.kind == NodeKind::comment) continue;
    ProfileUse use{reading.reference(node.key(), kProfileKind, child.key(), child), {}};
    if (const auto* side = child.child("context")) {
      const auto word = side->word(1);
      use.side = {word == "clientside" ? Side::clientside : word == "serverside" ? Side::serverside : Side::all,
                  reading.origin(*side)};
      if (use.side.value == Side::all && word != "all") reading.odd(*side);
    }
    virtual_server.profiles.push_back(use);
  }
}

void source(Reading& reading, Virtual& virtual_server, const Node& node) {
  if (const auto prefix = reading.prefix(node.word(1), node)) virtual_server.source = {*prefix, reading.origin(node)};
}

void port(Reading& reading, Virtual& virtual_server, const Node& node) {
  virtual_server.source_port = source_port(reading, node);
}

/// AFM's translations, of which this reader knows the names only.
void nat_policy(Reading& reading, Virtual& virtual_server, const Node& node) {
  if (!node.is_block()) return void(virtual_server.nat_policy = reading.reference(node.key(), kNatPolicyKind, node.word(1), node));
  if (const auto* policy = node.child("policy"))
    virtual_server.nat_policy = reading.reference("security-nat-policy", kNatPolicyKind, policy->word(1), *policy);
  for (const auto* key : {"use-device-policy", "use-route-domain-policy"})
    if (const auto* said = node.child(key); said && reading.truth(*said).value) virtual_server.uses_other_nat_policy = reading.truth(*said);
}

void vlans(Reading& reading, Virtual& virtual_server, const Node& node) { read_vlans(reading, virtual_server.vlans, node); }

/// The virtual address is noted as used; `destination` itself is resolved when every object is known.
void destination(Reading& reading, Virtual&, const Node& node) {
  reading.reference(node.key(), kVirtualAddressKind, parse_written_endpoint(node.word(1)).name, node);
}

constexpr Key<Virtual> kVirtual[] = {
    {"destination", destination},
    {"mask"},  // read with the destination
    {"ip-protocol", text_of<&Virtual::ip_protocol>},
    {"pool", reference_of<&Virtual::pool, kPoolKind>},
    {"profiles", profiles},
    {"source", source},
    {"source-address-translation", snat},
    {"snat", snat},
    {"translate-address", truth_of<&Virtual::translates_address>},
    {"translate-port", truth_of<&Virtual::translates_port>},
    {"rules", references_of<&Virtual::rules, kRuleKind>},
    {"policies", references_of<&Virtual::policies, kPolicyKind>},
    {"persist", references_of<&Virtual::persistence, kPersistenceKind>},
    {"fallback-persistence", reference_of<&Virtual::fallback_persistence, kPersistenceKind>},
    {"vlans", vlans},
    {"vlans-enabled", vlans},
    {"vlans-disabled", vlans},
    {"source-port", port},
    {"auto-lasthop", toggle_of<&Virtual::auto_lasthop>},
    {"last-hop-pool", reference_of<&Virtual::last_hop_pool, kPoolKind>},
    {"traffic-matching-criteria", reference_of<&Virtual::traffic_matching_criteria, kCriteriaKind>},
    {"enabled", truth_of<&Virtual::is_enabled>},
    {"disabled", denial_of<&Virtual::is_enabled>},
    {"ip-forward", mode<VirtualMode::ip_forward>},
    {"l2-forward", mode<VirtualMode::l2_forward>},
    {"internal", mode<VirtualMode::internal>},
    {"reject", mode<VirtualMode::reject>},
    {"dhcp-relay", mode<VirtualMode::dhcp_relay>},
    {"stateless", mode<VirtualMode::stateless>},
    {"connection-limit", number_of<&Virtual::connection_limit>},
    {"mirror", truth_of<&Virtual::is_mirrored>},
    {"service-down-immediate-action", text_of<&Virtual::service_down_immediate_action>},
    {"cmp-enabled", truth_of<&Virtual::is_cmp_enabled>},
    {"nat64", truth_of<&Virtual::is_nat64>},
    {"security-nat-policy", nat_policy},
    {kNotExpanded, not_expanded<Virtual>},
    {"clone-pools", references_of<&Virtual::clone_pools, kPoolKind>},
    {"description", text_of<&Virtual::description>},
    // Known, and no part of a path:
    {"address-status"}, {"app-service"}, {"creation-time"}, {"last-modified-time"}, {"eviction-protected"},
    {"flow-eviction-policy"}, {"gtm-score"}, {"metadata"}, {"partition"}, {"rate-class"}, {"rate-limit"},
    {"rate-limit-dst-mask"}, {"rate-limit-mode"}, {"rate-limit-src-mask"}, {"security-log-profiles"},
    {"serverssl-use-sni"}, {"syn-cookie-status"}, {"traffic-classes"}, {"vs-index"}, {"bwc-policy"}, {"auth"},
    {"fw-enforced-policy"}, {"fw-staged-policy"}, {"ip-intelligence-policy"}, {"service-policy"}, {"max-pool-members"},
    {"auto-discovery"}, {"per-flow-request-access-policy"}, {"urldb-feed-policy"}, {"http-mrf-routing-enabled"}};

constexpr Key<VirtualAddress> kVirtualAddress[] = {
    {"address", address_of<&VirtualAddress::address>},
    {"mask",
     [](Reading& reading, VirtualAddress& object, const Node& node) {
       object.mask_bits = {parse_mask(node.word(1)), reading.origin(node)};
       if (!object.mask_bits.value) reading.odd(node);
     }},
    {"arp", truth_of<&VirtualAddress::answers_arp>},
    {"icmp-echo", text_of<&VirtualAddress::icmp_echo>},
    {"route-advertisement", text_of<&VirtualAddress::route_advertisement>},
    {"spanning", truth_of<&VirtualAddress::is_spanning>},
    {"traffic-group", reference_of<&VirtualAddress::traffic_group, kTrafficGroupKind>},
    {"inherited-traffic-group"}, {"auto-delete"}, {"connection-limit"}, {"server-scope"},
    {"enabled", truth_of<&VirtualAddress::is_enabled>},
    {"disabled", denial_of<&VirtualAddress::is_enabled>},
    {"floating"}, {"unit"}, {"description"}, {"app-service"}, {"metadata"}, {"partition"}};

}  // namespace

void read_object(Reading& reading, Virtual& object) { read_keys<Virtual>(reading, object, object.node->block, kVirtual); }
void read_object(Reading& reading, VirtualAddress& object) {
  read_keys<VirtualAddress>(reading, object, object.node->block, kVirtualAddress);
}

}  // namespace hairpin::f5

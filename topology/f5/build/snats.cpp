// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

template <class T>
void vlans(Reading& reading, T& object, const Node& node) {
  read_vlans(reading, object.vlans, node);
}

constexpr Key<SnatTranslation> kTranslation[] = {
    {"address", address_of<&SnatTranslation::address>},
    {"arp", truth_of<&SnatTranslation::answers_arp>},
    {"enabled", truth_of<&SnatTranslation::is_enabled>},
    {"disabled", denial_of<&SnatTranslation::is_enabled>},
    {"connection-limit", number_of<&SnatTranslation::connection_limit>},
    {"traffic-group", reference_of<&SnatTranslation::traffic_group, kTrafficGroupKind>},
    {"inherited-traffic-group"}, {"ip-idle-timeout"}, {"tcp-idle-timeout"}, {"udp-idle-timeout"}, {"unit"},
    {"description"}, {"app-service"}, {"partition"}};

constexpr Key<SnatPool> kSnatPool[] = {
    {"members",
     [](Reading& reading, SnatPool& pool, const Node& node) {
       std::vector<Reference> names;
       reading.references(names, kTranslationKind, node);
       for (const auto& name : names) pool.members.push_back({name, {}});
     }},
    {"app-service"}, {"description"}, {"metadata"}, {"partition"}};

void origins(Reading& reading, GlobalSnat& snat, const Node& node) {
  for (const auto& child : node.block) {
    if (child.kind == NodeKind::comment) continue;
    // `default inet` of bigpipe is two words.
    const auto word = child.key() == "default" && child.word(1) == "inet6" ? Text("default-inet6") : child.key();
    if (const auto prefix = reading.prefix(word, child)) snat.origins.push_back({*prefix, reading.origin(child)});
  }
}

constexpr Key<GlobalSnat> kSnat[] = {
    {"origins", origins},
    {"automap",
     [](Reading& reading, GlobalSnat& snat, const Node& node) {
       if (reading.truth(node).value) snat.snat = {{SnatType::automap, {}}, reading.origin(node)};
     }},
    {"snatpool",
     [](Reading& reading, GlobalSnat& snat, const Node& node) {
       const auto pool = reading.reference(node.key(), kSnatPoolKind, node.word(1), node);
       if (!pool.value.empty()) snat.snat = {{SnatType::pool, pool.value}, pool.origin};
     }},
    {"translation", reference_of<&GlobalSnat::translation, kTranslationKind>},
    {"vlans", vlans<GlobalSnat>},
    {"vlans-enabled", vlans<GlobalSnat>},
    {"vlans-disabled", vlans<GlobalSnat>},
    {"source-port", [](Reading& reading, GlobalSnat& snat,
                       const Node& node) { snat.source_port = source_port(reading, node); }},
    {"auto-lasthop", toggle_of<&GlobalSnat::auto_lasthop>},
    {"mirror", truth_of<&GlobalSnat::is_mirrored>},
    {"app-service"}, {"description"}, {"metadata"}, {"partition"}};

constexpr Key<Nat> kNat[] = {
    {"originating-address", address_of<&Nat::originating>},
    {"translation-address", address_of<&Nat::translation>},
    {"vlans", vlans<Nat>},
    {"vlans-enabled", vlans<Nat>},
    {"vlans-disabled", vlans<Nat>},
    {"enabled", truth_of<&Nat::is_enabled>},
    {"disabled", denial_of<&Nat::is_enabled>},
    {"arp"}, {"auto-lasthop"}, {"app-service"}, {"description"}, {"inherited-traffic-group"}, {"traffic-group"}, {"unit"},
    {"metadata"}, {"partition"}};

}  // namespace

void read_object(Reading& reading, SnatTranslation& object) {
  read_keys<SnatTranslation>(reading, object, object.node->block, kTranslation);
}
void read_object(Reading& reading, SnatPool& object) {
  read_keys<SnatPool>(reading, object, object.node->block, kSnatPool);
}
void read_object(Reading& reading, GlobalSnat& object) {
  read_keys<GlobalSnat>(reading, object, object.node->block, kSnat);
}
void read_object(Reading& reading, Nat& object) { read_keys<Nat>(reading, object, object.node->block, kNat); }

}  // namespace hairpin::f5

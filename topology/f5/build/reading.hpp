// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>

#include "topology/f5/config.hpp"

namespace hairpin::f5 {

/// One object while its keys are read: what a setter of a key table needs.
class Reading {
 public:
  Reading(Config& config, const Object& object, std::uint32_t file)
      : config_(config), object_(object), file_(file), partition_(object.partition()) {}

  Origin origin(const Node& node) const { return {file_, node.line}; }
  const Object& object() const { return object_; }
  Config& config() { return config_; }
  bool is_json() const { return config_.trees[file_].grammar == Grammar::as3 || config_.trees[file_].grammar == Grammar::rest; }

  Value<Text> text(const Node& node) const { return {node.word(1), origin(node)}; }
  Value<bool> truth(const Node& node);  ///< enabled, yes, true, enable – or not; a bare flag is true
  Value<std::uint64_t> number(const Node& node);
  Value<Switch> toggle(const Node& node);

  /// The object that a word names, noted as a use; "none" is none.
  Reference reference(Text key, Text kind, Text word, const Node& at);
  /// Those that a node names: its second word, or one a line in its block.
  void references(std::vector<Reference>& list, Text kind, const Node& node);

  /// ADDRESS[%ID][/LENGTH] in the partition's route domain; noted when it is none.
  std::optional<RoutedPrefix> prefix(Text word, const Node& at);
  std::optional<RoutedAddress> address(Text word, const Node& at);
  std::uint32_t route_domain(std::optional<std::uint32_t> written) const {
    return written ? *written : config_.route_domain_of(partition_);
  }
  void odd(const Node& node);  ///< a value that has no meaning here
  void note(const Node& node, const std::string& what);

 private:
  Config& config_;
  const Object& object_;
  std::uint32_t file_;
  Text partition_;
};

/// A row of a key table. Without a setter the key is known, and says nothing about a path.
template <class T>
struct Key {
  Text key;
  void (*read)(Reading&, T&, const Node&) = nullptr;
};

template <class>
struct MemberTraits;
template <class T, class Owner>
struct MemberTraits<T Owner::*> {
  using owner = Owner;
};
template <auto Member>
using OwnerOf = typename MemberTraits<decltype(Member)>::owner;

template <auto Member, class T = OwnerOf<Member>>
void text_of(Reading& reading, T& object, const Node& node) {
  object.*Member = reading.text(node);
}
template <auto Member, class T = OwnerOf<Member>>
void truth_of(Reading& reading, T& object, const Node& node) {
  object.*Member = reading.truth(node);
}
/// A flag that says the opposite: `disabled`.
template <auto Member, class T = OwnerOf<Member>>
void denial_of(Reading& reading, T& object, const Node& node) {
  object.*Member = {false, reading.origin(node)};
}
template <auto Member, class T = OwnerOf<Member>>
void number_of(Reading& reading, T& object, const Node& node) {
  object.*Member = reading.number(node);
}
template <auto Member, class T = OwnerOf<Member>>
void toggle_of(Reading& reading, T& object, const Node& node) {
  object.*Member = reading.toggle(node);
}
template <auto Member, const char* kKind, class T = OwnerOf<Member>>
void reference_of(Reading& reading, T& object, const Node& node) {
  object.*Member = reading.reference(node.key(), kKind, node.word(1), node);
}
template <auto Member, const char* kKind, class T = OwnerOf<Member>>
void references_of(Reading& reading, T& object, const Node& node) {
  reading.references(object.*Member, kKind, node);
}
template <auto Member, class T = OwnerOf<Member>>
void address_of(Reading& reading, T& object, const Node& node) {
  object.*Member = {reading.address(node.word(1), node), reading.origin(node)};
}
template <auto Member, class T = OwnerOf<Member>>
void prefix_of(Reading& reading, T& object, const Node& node) {
  object.*Member = {reading.prefix(node.word(1), node), reading.origin(node)};
}

template <class T>
void not_expanded(Reading&, T& object, const Node& node) {
  object.not_expanded.push_back(node.word(1));
}

inline constexpr char kPoolKind[] = "ltm pool";
inline constexpr char kRuleKind[] = "ltm rule";
inline constexpr char kPolicyKind[] = "ltm policy";
inline constexpr char kProfileKind[] = "ltm profile";
inline constexpr char kPersistenceKind[] = "ltm persistence";
inline constexpr char kMonitorKind[] = "ltm monitor";
inline constexpr char kNodeKind[] = "ltm node";
inline constexpr char kVirtualAddressKind[] = "ltm virtual-address";
inline constexpr char kSnatPoolKind[] = "ltm snatpool";
inline constexpr char kLsnPoolKind[] = "ltm lsn-pool";
inline constexpr char kNatPolicyKind[] = "security nat policy";
inline constexpr char kTranslationKind[] = "ltm snat-translation";
inline constexpr char kCriteriaKind[] = "ltm traffic-matching-criteria";
inline constexpr char kVlanKind[] = "net vlan";
inline constexpr char kAddressListKind[] = "net address-list";
inline constexpr char kPortListKind[] = "net port-list";
inline constexpr char kRouteDomainKind[] = "net route-domain";
inline constexpr char kTrafficGroupKind[] = "cm traffic-group";

void count_unknown_key(Reading& reading, const Node& node);

/// Reads each statement of the object by its row; what has none is counted.
template <class T>
void read_keys(Reading& reading, T& object, std::span<const Node> nodes, std::span<const Key<T>> table) {
  for (const auto& node : nodes) {
    if (node.kind == NodeKind::comment) continue;
    const Key<T>* row = nullptr;
    for (const auto& key : table)
      if (key.key == node.key()) {
        row = &key;
        break;
      }
    if (row && row->read)
      row->read(reading, object, node);
    else if (!row)
      count_unknown_key(reading, node);
  }
}

// One function a kind: fills the object from its node.
void read_object(Reading& reading, Virtual& object);
void read_object(Reading& reading, VirtualAddress& object);
void read_object(Reading& reading, Pool& object);
void read_object(Reading& reading, PoolNode& object);
void read_object(Reading& reading, SnatTranslation& object);
void read_object(Reading& reading, SnatPool& object);
void read_object(Reading& reading, GlobalSnat& object);
void read_object(Reading& reading, Nat& object);
void read_object(Reading& reading, Profile& object);
void read_object(Reading& reading, Rule& object);
void read_object(Reading& reading, Policy& object);
void read_object(Reading& reading, TrafficMatchingCriteria& object);
void read_object(Reading& reading, AddressList& object);
void read_object(Reading& reading, PortList& object);
void read_object(Reading& reading, SelfAddress& object);
void read_object(Reading& reading, Vlan& object);
void read_object(Reading& reading, Route& object);
void read_object(Reading& reading, RouteDomain& object);
void read_object(Reading& reading, TrafficGroup& object);
void read_object(Reading& reading, Partition& object);
void read_object(Reading& reading, Device& object);
void read_object(Reading& reading, CertificateFile& object);

// Shared by several kinds.
void read_monitors(Reading& reading, std::vector<Reference>& monitors, const Node& node);
void read_vlans(Reading& reading, VlanScope& scope, const Node& node);
Value<SourcePort> source_port(Reading& reading, const Node& node);
Value<SnatSetting> legacy_snat(Reading& reading, const Node& node);  ///< snat automap | none | POOL

}  // namespace hairpin::f5

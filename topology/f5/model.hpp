// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "base/describe.hpp"
#include "topology/f5/tree.hpp"
#include "topology/f5/value.hpp"

/// F5 configuration, layer two: the objects that decide a path. Every value says where it stands. Defaults are tmsh's.
namespace hairpin::f5 {

/// What every object is, understood or not.
struct Object {
  Text kind;                   ///< "ltm virtual", "ltm profile client-ssl"
  Name name;                   ///< "/Common/vs1"; empty where the kind has one object only ("sys global-settings")
  Origin origin;
  const Node* node = nullptr;  ///< everything that is said, also what the fields below leave out
  Text partition() const;      ///< "Common"
  Text short_name() const;     ///< "vs1"
};

BOOST_DEFINE_ENUM_CLASS(SnatType, none, automap, pool, lsn, unknown)
BOOST_DEFINE_ENUM_CLASS(VirtualMode, standard, ip_forward, l2_forward, internal, reject, dhcp_relay, stateless)
BOOST_DEFINE_ENUM_CLASS(SourcePort, preserve, preserve_strict, change)
BOOST_DEFINE_ENUM_CLASS(Switch, by_default, enabled, disabled)
BOOST_DEFINE_ENUM_CLASS(Side, all, clientside, serverside)

struct SnatSetting {
  SnatType type = SnatType::none;
  Name pool;  ///< of type pool: the snatpool
};

/// Where a virtual server, a global SNAT or a NAT listens.
struct VlanScope {
  Value<bool> is_only_listed;      ///< vlans-enabled; false: vlans-disabled, everywhere but on those listed
  std::vector<Reference> vlans;
  /// An empty list listens everywhere, whatever the switch says (Batfish's fixtures).
  bool listens_on(Name vlan) const;
};

struct Destination {
  Name virtual_address;        ///< the object of that name decides the address; it need not exist
  RoutedPrefix network;        ///< with the mask; /0: any
  std::uint16_t port = 0;      ///< 0: any
};

struct ProfileUse {
  Reference profile;
  Value<Side> side;
};

struct Virtual : Object {
  Value<std::optional<Destination>> destination;  ///< empty: traffic_matching_criteria say it, or not understood
  Reference traffic_matching_criteria;
  Value<RoutedPrefix> source;                     ///< default 0.0.0.0/0 or ::/0
  Value<Text> ip_protocol;                        ///< "tcp"; "any" unless said
  Value<VirtualMode> mode;                        ///< of several the first one stated (Batfish's choice): see all_modes
  std::vector<Value<VirtualMode>> all_modes;
  Value<bool> is_enabled{.value = true};
  Reference pool;
  Value<SnatSetting> snat;
  Value<bool> translates_address{.value = true};  ///< as stated; forwarding modes and reject never do (`translates`)
  Value<bool> translates_port{.value = true};
  Value<SourcePort> source_port;
  Value<Switch> auto_lasthop;
  Reference last_hop_pool;
  VlanScope vlans;
  std::vector<ProfileUse> profiles;
  std::vector<Reference> rules;
  std::vector<Reference> policies;
  std::vector<Reference> persistence;
  Reference fallback_persistence;
  std::vector<Reference> clone_pools;
  Value<std::uint64_t> connection_limit;          ///< 0: none
  Value<bool> is_mirrored;
  Value<Text> service_down_immediate_action{.value = "none"};
  Value<bool> is_cmp_enabled{.value = true};
  Value<bool> is_nat64;
  Reference nat_policy;                           ///< `security-nat-policy`: what AFM translates, source addresses as well
  Value<bool> uses_other_nat_policy;              ///< … that of the device or of the route domain
  std::vector<Text> not_expanded;                 ///< "profiles", "policies": an answer of iControl REST without its subcollections
  Value<Text> description;
  bool is_forwarding() const { return mode.value == VirtualMode::ip_forward || mode.value == VirtualMode::l2_forward; }
  bool translates() const { return translates_address.value && !is_forwarding() && mode.value != VirtualMode::reject; }
};

struct VirtualAddress : Object {
  Value<std::optional<RoutedAddress>> address;
  Value<std::optional<std::uint8_t>> mask_bits;   ///< empty: host
  Value<bool> answers_arp{.value = true};
  Value<Text> icmp_echo{.value = "enabled"};
  Value<Text> route_advertisement{.value = "disabled"};
  Value<bool> is_spanning;
  Value<bool> is_enabled{.value = true};          ///< `enabled no`: its virtual servers take nothing
  Reference traffic_group;                        ///< empty: the partition's
};

struct Member {
  Name node;                                      ///< "/Common/10.0.0.1"
  Text key;                                       ///< as it is written: "/Common/10.0.0.1:80"
  Origin origin;
  Value<std::optional<RoutedAddress>> address;    ///< its own, else the node's, else the name; empty: unknowable (FQDN)
  std::uint16_t port = 0;
  Value<Text> fqdn;
  Value<bool> is_enabled{.value = true};          ///< session user-disabled: no new connections
  Value<bool> is_forced_down;                     ///< state user-down
  Value<std::uint64_t> priority_group;
  Value<std::uint64_t> ratio{.value = 1};
  Value<std::uint64_t> connection_limit;
  std::vector<Reference> monitors;
};

struct Pool : Object {
  std::vector<Member> members;
  Value<Text> load_balancing_mode{.value = "round-robin"};
  std::vector<Reference> monitors;
  Value<bool> allows_snat{.value = true};
  Value<bool> allows_nat{.value = true};
  Value<Text> service_down_action{.value = "none"};
  Value<std::uint64_t> min_active_members;
  Value<std::uint64_t> slow_ramp_time_s{.value = 10};
  Value<std::uint64_t> reselect_tries;
  Value<bool> queues_on_connection_limit;
  Value<Text> description;
  std::vector<Text> not_expanded;                 ///< "members": the pool is not empty, they are in another answer
};

struct PoolNode : Object {                        ///< `ltm node`
  Value<std::optional<RoutedAddress>> address;    ///< empty: FQDN
  Value<Text> fqdn;
  Value<bool> is_enabled{.value = true};
  Value<bool> is_forced_down;
  std::vector<Reference> monitors;
};

struct SnatTranslation : Object {
  Value<std::optional<RoutedAddress>> address;
  Value<bool> answers_arp{.value = true};
  Value<bool> is_enabled{.value = true};
  Value<std::uint64_t> connection_limit;
  Reference traffic_group;
};
struct SnatPool : Object {
  struct Entry {
    Reference translation;                        ///< need not exist as an object
    std::optional<RoutedAddress> address;         ///< the object's, else the name's
  };
  std::vector<Entry> members;
};
struct GlobalSnat : Object {                      ///< `ltm snat`: by client address, for what has no SNAT of its own
  std::vector<Value<RoutedPrefix>> origins;
  Value<SnatSetting> snat;                        ///< a translation is `translation`
  Reference translation;
  VlanScope vlans;
  Value<SourcePort> source_port;
  Value<Switch> auto_lasthop;
  Value<bool> is_mirrored;
};
struct Nat : Object {
  Value<std::optional<RoutedAddress>> originating;
  Value<std::optional<RoutedAddress>> translation;
  VlanScope vlans;
  Value<bool> is_enabled{.value = true};
};

/// `ltm profile TYPE`, `ltm persistence TYPE` and `ltm monitor TYPE`; what it says is asked by key: Config::setting.
struct Profile : Object {
  Text type;                                      ///< "client-ssl", "source-addr", "http"
  Reference defaults_from;
};

/// A command in an iRule that decides where a connection goes (f5.md A.12); found, not interpreted.
struct RuleAct {
  Text event;                                     ///< "CLIENT_ACCEPTED"; empty: a procedure
  Text command;                                   ///< "snatpool"
  Text argument;                                  ///< the rest of the command: "automap", "[HTTP::header XFF]"
  Origin origin;
};
struct Rule : Object {
  Text body;
  std::vector<RuleAct> acts;
  bool is_elsewhere = false;                      ///< its text is in another place: it may do anything
};
inline constexpr Text kTextElsewhere = "as3:iRule";  ///< what AS3's reader says in place of such a text
inline constexpr Text kNotExpanded = "rest:not-expanded";  ///< what iControl REST's says of a subcollection that is only a link
/// An action of an `ltm policy`: forward select pool P.
struct PolicyAct {
  Text rule;
  Text action;                                    ///< "forward", "drop", "tcl"
  Text target;                                    ///< "pool", "node", "virtual", "snat", "snatpool"; empty: none
  Name name;                                      ///< of the pool; "automap"
  Origin origin;
};
struct Policy : Object {
  std::vector<PolicyAct> acts;
};

struct TrafficMatchingCriteria : Object {
  Reference destination_address_list;
  Reference source_address_list;
  Reference destination_port_list;
  Value<std::optional<RoutedPrefix>> destination;
  Value<std::optional<RoutedPrefix>> source;
  Value<std::optional<std::uint16_t>> port;
  Value<Text> ip_protocol;
};
struct AddressRange {
  RoutedAddress first;
  RoutedAddress last;
  Origin origin;
};
struct AddressList : Object {
  std::vector<AddressRange> ranges;
  std::vector<Reference> lists;
  std::vector<Value<Text>> names;                 ///< FQDNs, countries: no addresses
};
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  Origin origin;
};
struct PortList : Object {
  std::vector<PortRange> ranges;
  std::vector<Reference> lists;
};

struct SelfAddress : Object {                     ///< `net self`
  Value<std::optional<RoutedAddress>> address;
  Value<std::uint8_t> prefix_length;
  Reference vlan;
  Reference traffic_group;
  Value<Text> allow_service{.value = "none"};     ///< "none", "all", "default", "tcp:443 udp:53"
  bool is_floating = false;                       ///< by its traffic group, or v10's `floating enable`
  std::optional<RoutedPrefix> network() const;
};
struct Vlan : Object {                            ///< also vlan-group and tunnel
  Value<std::uint64_t> tag;
  std::vector<Value<Text>> interfaces;
  std::vector<Reference> members;                 ///< of a vlan-group
  Value<Switch> auto_lasthop;
  Value<bool> checks_source;
  Value<std::uint64_t> mtu_bytes{.value = 1500};
};
struct Route : Object {
  Value<std::optional<RoutedPrefix>> network;     ///< /0: default
  Value<std::optional<RoutedAddress>> gateway;
  Reference pool;
  Reference interface;                            ///< a vlan or tunnel
  Value<bool> is_blackhole;
};
struct RouteDomain : Object {
  Value<std::uint64_t> id;
  Reference parent;
  Value<bool> is_strict{.value = true};
  Reference nat_policy;
  std::vector<Reference> vlans;
};
struct TrafficGroup : Object {};
struct Partition : Object {
  Value<std::uint64_t> default_route_domain;
  Reference traffic_group;                        ///< of `sys folder /P`; empty: /Common/traffic-group-1
};
struct Device : Object {
  Value<bool> is_self;
  Value<Text> hostname;
};
struct CertificateFile : Object {                 ///< `sys file ssl-cert`, `ssl-key`, `ssl-crl`
  Value<Text> expiration;
  Value<Text> subject;
};

}  // namespace hairpin::f5

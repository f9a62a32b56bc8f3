// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "topology/f5/config.hpp"
#include "topology/predict/prefix_map.hpp"

namespace hairpin::f5 {

/// A network that the BIG-IP has self IPs in.
struct ConnectedNetwork {
  RoutedPrefix prefix;
  Name vlan;
  std::vector<const SelfAddress*> selfs;
};

/// How packets to an address leave the BIG-IP. Without a network nobody can say: no self IP, no route, or a route whose
/// gateway (all gateways, where it is a pool) is in no connected network.
struct Way {
  const ConnectedNetwork* network = nullptr;  ///< of the address itself, or of the gateway
  const Route* route = nullptr;               ///< null: the address is in `network`
  bool is_connected() const { return network && !route; }
  bool is_dropped() const { return route && route->is_blackhole.value; }
  Name vlan() const { return network ? network->vlan : Name(); }
};

/// The networks, routes and global SNATs of one configuration, ready to be asked. Keeps references to it.
class Networks {
 public:
  explicit Networks(const Config& config);

  const std::vector<ConnectedNetwork>& connected() const { return connected_; }
  /// The longest connected network that holds the address; null: none.
  const ConnectedNetwork* holding(const RoutedAddress& address) const;
  Way way_to(const RoutedAddress& address) const;
  /// The VLAN that packets of all of that network come in by; empty: not known, or not one.
  Name vlan_of(const RoutedPrefix& network) const;
  const SelfAddress* self(const RoutedAddress& address) const;  ///< null: it is none of the self IPs
  /// Which object of the BIG-IP itself answers at that address: a self IP, or a virtual server; null: it is somebody else's.
  const Object* holder_of(const RoutedAddress& address) const;
  /// A pool that has this address as a member; null: none.
  const Pool* pool_with(const RoutedAddress& member) const;
  /// More than one unit: two devices, or a floating self IP.
  bool is_pair() const { return is_pair_; }
  const std::vector<const SelfAddress*>& selfs_on(Name vlan) const;
  const std::vector<const SelfAddress*>& selfs() const { return selfs_; }

  using GlobalSnats = std::vector<const GlobalSnat*>;
  const PrefixMap<GlobalSnats>& global_snats() const { return global_snats_; }
  /// The 1:1 translation of an address; null: none.
  const Nat* nat_of(const RoutedAddress& address) const;

 private:
  /// Rows by address, sorted once: a configuration has tens of thousands.
  template <class T>
  using ByAddress = std::vector<std::pair<RoutedAddress, const T*>>;

  void list_holders(const Config& config);
  const ConnectedNetwork* towards(const Route& route) const;

  const Config& config_;
  ByAddress<Object> holders_;
  ByAddress<Pool> members_;
  bool is_pair_ = false;
  PrefixMap<std::size_t> by_prefix_;
  PrefixMap<const Route*> routes_;
  PrefixMap<GlobalSnats> global_snats_;
  std::map<RoutedAddress, const SelfAddress*> by_address_;
  std::map<RoutedAddress, const Nat*> nats_;
  std::unordered_map<Name, std::vector<const SelfAddress*>> by_vlan_;
  std::vector<const SelfAddress*> selfs_;
  std::vector<ConnectedNetwork> connected_;
};

}  // namespace hairpin::f5

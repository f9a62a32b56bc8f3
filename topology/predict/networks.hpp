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
/// gateway is in no connected network.
struct Way {
  const ConnectedNetwork* network = nullptr;  ///< of the address itself, or of the gateway
  const Route* route = nullptr;               ///< null: the address is in `network`
  bool is_connected() const { return network && !route; }
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
  const std::vector<const SelfAddress*>& selfs_on(Name vlan) const;
  const std::vector<const SelfAddress*>& selfs() const { return selfs_; }

  using GlobalSnats = std::vector<const GlobalSnat*>;
  const PrefixMap<GlobalSnats>& global_snats() const { return global_snats_; }
  /// The 1:1 translation of an address; null: none.
  const Nat* nat_of(const RoutedAddress& address) const;

 private:
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

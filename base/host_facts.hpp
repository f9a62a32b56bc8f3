// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/describe.hpp"

/// What a machine says of its own network: gathered by topology/host, carried by observations.
namespace hairpin {

struct InterfaceFacts {
  std::string name;
  std::int32_t index = 0;
  MacAddress mac;
  std::uint32_t mtu_bytes = 0;
  bool is_up = false;
  bool is_loopback = false;
  std::optional<bool> has_carrier;                 ///< absent: not known; without it no frame passes
  std::vector<IpAddress> addresses;
  std::vector<Prefix> prefixes;                    ///< connected networks
  std::optional<std::int32_t> reverse_path_filter; ///< effective IPv4 rp_filter: max(all, interface); 0, 1 or 2
};
BOOST_DESCRIBE_STRUCT(InterfaceFacts, (), (name, index, mac, mtu_bytes, is_up, is_loopback, has_carrier, addresses, prefixes,
                                           reverse_path_filter))

/// The kernel's answer to "how would you reach this address?".
struct RouteFacts {
  IpAddress to;
  bool is_local = false;            ///< the address belongs to this host
  std::optional<IpAddress> via;     ///< absent: on link
  std::string interface;
  std::optional<IpAddress> source;  ///< the address the kernel would use
  std::string error;                ///< "Network is unreachable"
};
BOOST_DESCRIBE_STRUCT(RouteFacts, (), (to, is_local, via, interface, source, error))

/// What a name means on this host, as its programs resolve it.
struct NameFacts {
  std::string name;
  std::vector<IpAddress> addresses;
  std::string error;  ///< why there are none
};
BOOST_DESCRIBE_STRUCT(NameFacts, (), (name, addresses, error))

struct NeighbourFacts {
  IpAddress address;
  MacAddress mac;
  std::string interface;
};
BOOST_DESCRIBE_STRUCT(NeighbourFacts, (), (address, mac, interface))

}  // namespace hairpin

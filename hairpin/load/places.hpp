// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "evidence/load.hpp"
#include "topology/model.hpp"

/// Where the connections of a load are to come from.
namespace hairpin {

struct SourcePorts {
  std::uint16_t first = 0, last = 0;
};
/// "20000-29999". An error for what is none, for ports of services (below 1024), and for those of samples.
Result<SourcePorts> parse_source_ports(std::string_view text);

struct SourceAddresses {
  bool are_all = false;          ///< every one that the topology declares for a source
  std::vector<IpAddress> named;  ///< neither: as each source's kernel chooses
};
/// "all", or addresses.
Result<SourceAddresses> parse_source_addresses(const std::vector<std::string>& words);

using AddressesBySource = std::map<std::string, std::vector<IpAddress>>;

/// Whose of these sources' the wanted addresses are, by the topology; empty where none are wanted. An error for one that is nobody's, and
/// for a source that has none of them.
Result<AddressesBySource> addresses_by_source(const Topology& topology, const std::vector<std::string>& sources, Family family,
                                              const SourceAddresses& wanted);

}  // namespace hairpin

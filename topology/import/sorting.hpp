// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "topology/predict/networks.hpp"

/// What of a configuration becomes what of a topology.
namespace hairpin::f5 {

/// A member, which becomes a host.
struct ImportedHost {
  std::string name;
  IpAddress address;
  std::uint32_t route_domain = 0;
  const Pool* pool = nullptr;  ///< that first named it
  Origin origin;
};

/// A member that gets no new connections, and why.
struct Resting {
  const Member* member = nullptr;
  std::string why;
};

/// Virtual servers with one address, the same members and the same callers: a pool of the topology.
struct ImportedPool {
  std::string name;
  IpAddress vip;
  std::vector<std::size_t> members;  ///< indices of hosts
  std::vector<const Virtual*> servers;
  std::vector<Resting> resting{};
  std::vector<std::size_t> callers{};  ///< those of the members that it takes connections from
};

struct LeftOutServer {
  const Virtual* server = nullptr;
  std::string why;
};

struct Sorted {
  std::vector<ImportedHost> hosts;
  std::vector<ImportedPool> pools;
  std::vector<LeftOutServer> left_out;
};

Sorted sort_out(const Config& config, const Networks& networks);

/// A name that topologies allow and that nobody has yet; `taken` gets it.
std::string free_name(std::string_view wanted, std::set<std::string>& taken);
std::string in_double_quotes(std::string_view text);
/// "<fill in: WHAT>", in quotes
std::string placeholder(std::string_view what);

}  // namespace hairpin::f5

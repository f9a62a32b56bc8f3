// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/model.hpp"
#include "topology/yaml/reading.hpp"

/// A topology while it is read: the model, and where in the file its names and addresses stand. The parts
/// read themselves first; then checks of the whole judge what only shows together.
namespace hairpin::yaml {

// What one file may hold: plans and checks of the whole stay fast, and no site is near it.
inline constexpr std::size_t kMostHosts = 1024;
inline constexpr std::size_t kMostNetworks = 64;
inline constexpr std::size_t kMostPools = 256;
inline constexpr std::size_t kMostMembers = 256;
inline constexpr std::size_t kMostAddresses = 16;  ///< of one host
inline constexpr std::size_t kMostRules = 64;      ///< of SNAT, and addresses of a SNAT pool
inline constexpr std::size_t kMostVirtualServers = 64;
inline constexpr std::size_t kMostWaivers = 1024;
inline constexpr std::size_t kMostPairs =
    100'000;  ///< of sources and members, over all virtual servers and families

/// Something that was read, and the node it was read from.
template <class T>
struct At {
  T value;
  const Value* node = nullptr;
  std::string path;
};

enum class HostRole { member, source, load_balancer, snat_from, waiver };

/// A host's name outside of `hosts`.
struct HostUse {
  HostRole role{};
  At<std::string> name;
};

enum class AddressRole { host, self_ip, floating_self_ip, vip, snat, agent };

struct AddressUse {
  AddressRole role{};
  At<IpAddress> address;
  std::string owner;  ///< host or pool
};

struct ExpectDraft {
  Expectation expect;
  bool has_persistence = false;
};

struct ServerDraft {
  const Value* node = nullptr;
  std::string path;
  const Value* port = nullptr;
};

struct PoolDraft {
  const Value* node = nullptr;
  std::string path;
  std::vector<ServerDraft> servers;  ///< as Pool::virtual_servers
  bool has_sources = false;          ///< the file lists them
};

struct Draft {
  Topology topology;
  std::vector<const Value*> host_nodes;  ///< as Topology::hosts
  std::vector<bool> is_direct;           ///< as Topology::hosts: `direct: true`
  std::vector<PoolDraft> pools;          ///< as Topology::pools
  std::vector<HostUse> host_uses;
  std::vector<AddressUse> address_uses;
};

void read_hosts(const Section& file, Draft& draft, Reading& reading);
void read_networks(const Section& file, Draft& draft, Reading& reading);
void read_pools(const Section& file, Draft& draft, Reading& reading);
void read_virtual_servers(const Section& section, const ExpectDraft& defaults, Pool& pool,
                          PoolDraft& pool_draft, Draft& draft, Reading& reading);
/// `defaults`, with every key that `section` gives in its place.
ExpectDraft read_expectation(const Section& section, ExpectDraft defaults, Draft& draft, Reading& reading);
void read_waivers(const Section& file, Draft& draft, Reading& reading);

/// Fills what follows from the rest of the file: default sources, direct sources.
void complete(Draft& draft);
void check_names(const Draft& draft, Reading& reading);
void check_addresses(const Draft& draft, Reading& reading);
void check_pools(const Draft& draft, Reading& reading);

}  // namespace hairpin::yaml

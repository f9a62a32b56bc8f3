// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "topology/model.hpp"

namespace hairpin {

/// One source that has to reach every member of one virtual server, through one VIP.
struct PlannedSource {
  std::string source;
  std::string pool;
  std::string virtual_server;
  Endpoint vip;
  std::vector<std::string> members;  ///< those that this source can be balanced to
  std::uint32_t attempt_budget = 0;  ///< attempts after which a live member is missed with p < 0.1 %
  std::string skip_reason;           ///< not empty: this source does not probe, and why (verdict skip)
};

/// The direct control: a connection to the member itself, beside the VIP.
struct PlannedDirect {
  std::string source;
  std::string pool;
  std::string virtual_server;
  std::string member;
  Endpoint endpoint;
};

/// A connection that says nothing for the promised time, then asks: the last of each source.
struct PlannedIdle {
  std::size_t source = 0;  ///< index in Plan::sources
  milliseconds idle{};     ///< expect.idle
};

/// One (source, member) pair that is left out, and why: verdict skip.
struct SkippedPair {
  std::string source, pool, virtual_server, member;
  Family family{};
  std::string reason;
};

/// Where a responder has to listen. The wildcard address, because a nPath member is asked at the VIP. There
/// is none for virtual servers of depth `hello`: there the real service listens.
struct PlannedListener {
  std::string host;
  std::uint16_t port = 0;
  std::vector<IpAddress>
      addresses;  ///< the host's own and, behind nPath, the VIPs: for certificates and filters
  milliseconds idle{};  ///< the longest that a connection may say nothing, by the virtual servers' promises
};

/// Which host probes which virtual server how often, derived from the topology alone.
struct Plan {
  std::vector<PlannedSource> sources;
  std::vector<PlannedDirect> directs;
  std::vector<PlannedIdle> idles;
  std::vector<SkippedPair> skipped;
  std::vector<PlannedListener> listeners;
  std::vector<IpAddress> addresses;  ///< every address whose packets belong to the plan
  std::vector<std::uint16_t> ports;  ///< every service port of the plan
};

/// Equal trips after which a pair of source and member is settled, and the least budget of a source.
inline constexpr std::uint32_t kSettledTrips = 3;

/// `only_family` leaves the VIPs of the other family out (-4, -6).
Plan make_plan(const Topology& topology, std::optional<Family> only_family = {});

/// Attempts after which uniform random choice has missed one of `members` members with probability < `miss`
/// (exact inclusion-exclusion; 2 members and 0.1 %: 11, 3: 20, 10: 88). `miss` is in (0, 0.5]; no members: 0.
/// Source: docs/architecture.md, Coverage.
std::uint32_t attempts_to_cover(std::size_t members, double miss = 0.001);

}  // namespace hairpin

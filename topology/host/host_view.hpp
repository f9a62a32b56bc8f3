// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/host_facts.hpp"
#include "base/result.hpp"

/// What this machine says it is: interfaces, addresses, routes and neighbours by netlink, counters by /proc.
namespace hairpin::host {

Result<std::vector<InterfaceFacts>> interfaces();
Result<std::vector<NeighbourFacts>> neighbours();  ///< entries with a MAC, in any usable state
/// How the kernel would send to an address (RTM_GETROUTE); no route is a fact with `error`, not an error.
Result<RouteFacts> route_to(const IpAddress& address);

/// /proc/net/snmp, snmp6, netstat by their nstat names ("TcpExtTCPSynRetrans", "TcpOutRsts", "IpInReceives"), and
/// "martian_source" of /proc/net/stat/rt_cache, which counts the whole machine, not this namespace.
std::map<std::string, std::uint64_t> counters();

std::string kernel_release();

}  // namespace hairpin::host

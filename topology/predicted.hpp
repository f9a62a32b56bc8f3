// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/describe.hpp"

namespace hairpin {

inline constexpr const char* kNoPath = "no-path";                ///< the configuration lets no such connection through
inline constexpr const char* kNotConfigured = "not-configured";  ///< it has no virtual server there; another file may

/// What a load balancer's configuration says of one path of a topology, in the topology's names.
struct PredictedPath {
  std::string pool, virtual_server, source, member;
  Family family{};
  std::string verdict;             ///< "symmetric", "asymmetric-certain", … as `hairpin predict` prints it, or one of the two below
  std::string snat;                ///< "none", "automap", "pool", "global", "unknown"
  std::vector<IpAddress> seen_as;  ///< that the member may see as the source; empty: the source's own, or not known
  std::string configured;          ///< object, place and setting: "ltm virtual /Common/vs1 (bigip.conf:12): …"
  std::vector<std::string> reasons;
  std::optional<std::uint16_t> member_port{};  ///< that the member is asked at; empty: not known
};
BOOST_DESCRIBE_STRUCT(PredictedPath, (), (pool, virtual_server, source, member, family, verdict, snat, seen_as, configured, reasons,
                                            member_port))

}  // namespace hairpin

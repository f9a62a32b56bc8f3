// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "checks/load/judge.hpp"

namespace hairpin::checks {

inline constexpr std::string_view kPortsExhausted = "snat.port-exhausted";

/// The balancer had no source port left towards a member: a finding of `snat`, or nothing. Both ends have to say so. The
/// sources: connections that they began never reached a member. The member: connections came from one address that is no
/// source's own, from ports without a gap between them, all of which were open at once; and it is no row of ports that somebody
/// just began to count through, because one was used again, they came in no order, or another member saw the same row.
std::optional<Finding> exhausted_ports(const LoadCase& load);

/// Connections of the sources that no member saw.
std::uint64_t never_arrived(const LoadCase& load);

/// What follows from it is explained by it: that transactions fail, and samples too.
void explain_by(const Finding& exhausted, std::vector<Finding>& findings);

}  // namespace hairpin::checks

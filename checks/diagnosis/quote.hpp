// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// What arrived at the source of a trip: "SYN-ACK from 10.137.2.22.444 (MAC 02:00:0a:89:02:16, oc02)"; "nothing" only
/// where its capture can vouch for that.
std::string came_back(const Case& c, const Trip& trip);

/// The packets that open and end a trip, at its source and at the member; at the balancer where no member is known.
std::vector<Evidence> telling_packets(const Trip& trip, const std::string& balancer);

}  // namespace hairpin::checks

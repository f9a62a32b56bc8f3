// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// Segments of one trip that left one capture and did not arrive at the next one of the same leg.
struct Losses {
  bool is_comparable = false;  ///< two reliable captures saw a leg, or a SYN was repeated until it was answered
  std::size_t lost = 0;
  std::vector<Evidence> evidence;  ///< the first of them
};

/// Counts SYNs, SYN-ACKs and segments that were sent again: offload merges and splits others, so they prove nothing.
Losses losses_of(const Case& c, const Trip& trip);

/// Whether connections of the same source lost segments as well and were answered all the same: a path that loses
/// packets, and no filter, which would take every packet of some connections and none of others.
bool is_losing_otherwise(const Case& c, const Trip& trip);

}  // namespace hairpin::checks

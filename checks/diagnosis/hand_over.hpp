// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// Adds to each diagnosis what somebody needs who sees nothing but that: the connections that failed with their packets
/// at both ends, those that worked through the same VIP meanwhile, and the commands that look, capture and repeat.
void add_hand_over(std::vector<Diagnosis>& diagnoses, const Case& c, const std::vector<Finding>& findings);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/pairs.hpp"

namespace hairpin::checks {

/// The address with which a trip arrived (or was to arrive) at the member, and who says so.
struct SeenSource {
  IpAddress address;
  Evidence evidence;
};
std::optional<SeenSource> seen_source(const Trip& trip);

/// The first rule that matches the pair's source; null: nothing is promised.
const SnatRule* snat_rule_for(const Case& c, const Pair& pair);

/// For each virtual server that promises a SNAT pool: whether all of its addresses are in use, as far as chance tells.
void judge_pool_addresses(std::vector<Finding>& findings, const Case& c, const std::vector<Pair>& pairs);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"
#include "evidence/load.hpp"

namespace hairpin::checks {

/// The trips that were made while a load went on, judged by the checks that judge a run's. Findings of those that had trips to
/// look at. What a run would leave open is `skip` here: a load's captures see less than a run's. `limit`: why the generator was
/// at its end, empty when it was not; what such a host did not hear is then no fault of the network.
std::vector<Finding> judge_sampled(const Topology& topology, const Plan& plan, const Observations& observations, const std::string& limit);

/// How many of them were answered, and by whom.
SampledTrips count_sampled(const Observations& observations);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "evidence/finding.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// Groups failing and warning findings into faults of the network, each with what mends it.
std::vector<Diagnosis> diagnose(const Topology& topology, const std::vector<Finding>& findings);

}  // namespace hairpin::checks

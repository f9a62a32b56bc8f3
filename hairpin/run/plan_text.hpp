// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "topology/plan.hpp"

namespace hairpin {

/// `--dry-run`: who would connect where how often, what hosts would listen to, which connections firewalls
/// have to let through, and how long it may take at worst.
std::string plan_text(const Topology& topology, const Plan& plan, std::chrono::seconds limit);

}  // namespace hairpin

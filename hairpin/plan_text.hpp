// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/observation.hpp"
#include "hairpin/exit_status.hpp"
#include "topology/plan.hpp"

namespace hairpin {

/// `--dry-run`: who would connect where how often, what hosts would listen to, which connections firewalls
/// have to let through, and how long it may take at worst.
std::string plan_text(const Plan& plan);

/// `--prepare-only`: a line for each host, ready or why not.
std::string readiness_text(const Observations& observations);

/// Whether a run could judge everything: passed, or what a run in which nothing was judged would say.
ExitStatus readiness_status(const Observations& observations);

}  // namespace hairpin

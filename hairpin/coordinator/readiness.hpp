// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "hairpin/caller/exit_status.hpp"
#include "hairpin/coordinator/coordinator.hpp"

namespace hairpin {

/// `--prepare-only`: a table with a row for each host – reached or not, and how; version, roles in the plan,
/// privilege, ports, captures proven, clock – and below it a line for each miss with the command that mends
/// it.
std::string readiness_text(const Topology& topology, const Plan& plan, const Collected& collected);

/// Whether a run could judge everything: passed, or what a run in which nothing was judged would say.
ExitStatus readiness_status(const Observations& observations);

}  // namespace hairpin

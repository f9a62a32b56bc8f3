// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checks/load/rules.hpp"
#include "evidence/load.hpp"

namespace hairpin::checks {

/// Whether what the test is about was held: for `concurrent` the number of open connections, whose transactions come with
/// their think time as they come; for the others the rate.
struct Steadiness {
  std::string broken;   ///< by how much it was off, when that is too much
  std::string unknown;  ///< why nobody can tell
};
Steadiness steadiness_of(const LoadObservation& load, const LoadRules& rules);

/// Greatest deviation of a whole second of the sustain phase from the mean rate, as a share of it; negative where there are too
/// few seconds or events to tell. What chance alone makes of independent arrivals is granted.
double deviation_of(const LoadObservation& load);

}  // namespace hairpin::checks

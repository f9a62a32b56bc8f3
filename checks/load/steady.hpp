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

/// Why what was asked for was not there in the sustain phase, though nothing failed: arrivals that piled up, connections that were not
/// open. Empty: it was, or nobody can tell. Of those that were due `most_behind` may pile up, and never those of a whole second.
struct Shortfall {
  std::string behind;    ///< fewer transactions completed than were due, second after second
  std::string too_few;   ///< `concurrent`: fewer connections were open than were asked for
};
Shortfall shortfall_of(const LoadObservation& load, double most_behind);

/// Greatest deviation of a whole second of the sustain phase from the mean rate, as a share of it; negative where there are too
/// few seconds or events to tell. What chance alone makes of independent arrivals is granted.
double deviation_of(const LoadObservation& load);

}  // namespace hairpin::checks

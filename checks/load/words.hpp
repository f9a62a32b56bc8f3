// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"
#include "evidence/load.hpp"

namespace hairpin::checks {

/// "3 refused, 1 timed-out"
std::string failures_text(const LoadFailures& failed);

/// Whom findings about a load are about: its sources as one, the virtual server, and the member where it went past the balancer.
Subject subject_of(const LoadObservation& load);

}  // namespace hairpin::checks

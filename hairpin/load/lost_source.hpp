// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "evidence/load.hpp"

namespace hairpin {

/// What is known of a source whose agent was lost: the seconds that it had reported. It has no times and no health, and its counts are
/// the sums of those seconds: what was under way when it was lost is in none of them.
LoadObservation lost_source(const LoadShape& shape, const Target& target, const std::vector<LoadSecond>& seconds);

}  // namespace hairpin

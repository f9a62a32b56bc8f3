// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/load.hpp"

namespace hairpin::checks {

/// What is judged: transactions that were due in the sustain phase; of connections that are to stay also those that began before, and
/// of a load that ended because too much failed whatever there was.
const LoadTally& judged_tally(const LoadObservation& load);

/// What can be told of a generator: empty when nothing of it limited the load.
std::string limit_of(const LoadObservation& load);

/// Why more connections might have carried more, where transactions waited for a free one; empty: that was not it.
std::string want_of_connections(const LoadObservation& load);

/// What can be told of those who answered: empty when none of them was the limit.
std::string responder_limit(const std::vector<ServedLoad>& served);

}  // namespace hairpin::checks

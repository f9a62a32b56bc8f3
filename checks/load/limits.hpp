// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/load.hpp"

namespace hairpin::checks {

/// What can be told of a generator: empty when nothing of it limited the load.
std::string limit_of(const LoadObservation& load);

/// What can be told of those who answered: empty when none of them was the limit.
std::string responder_limit(const std::vector<ServedLoad>& served);

}  // namespace hairpin::checks

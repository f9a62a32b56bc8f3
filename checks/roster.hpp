// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/trip.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// What correlation needs to know of a topology: who owns which address, which members stand behind which VIP.
Roster roster_of(const Topology& topology);

}  // namespace hairpin::checks

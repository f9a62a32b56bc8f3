// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/trip.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// What correlation needs to know of a topology: who owns which address, which members stand behind which VIP.
Roster roster_of(const Topology& topology);

/// Whether this host has this address: self IPs are addresses as well.
bool has_address(const Roster& roster, const std::string& host, const IpAddress& address);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/trip.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// Connections that a monitor needs, as a rule, before it marks a member up (HAProxy's `rise` is 2).
inline constexpr std::size_t kMonitorVisits = 3;

/// Members, by name, whose balancer has a monitor that has not found them yet. Called before the first trip:
/// what comes from a balancer's own address to a member's service port then is a monitor's. A balancer that
/// knocks on no member has none, or a slow one; nobody waits for it here.
std::vector<std::string> members_awaiting_monitor(const Topology& topology, const Roster& roster,
                                                  const Observations& observations);

/// What the balancer's monitor found, by the members' own captures and responders. `visits`: it comes, and is answered
/// somewhere; whether it is content with the answers only the balancer knows.
enum class Monitor { unseen, visits, finds_nobody };
Monitor monitor_of(const Pool& pool, const Roster& roster, const Observations& observations);

/// Whether any balancer has been seen to monitor a member.
bool has_monitor(const Topology& topology, const Roster& roster, const Observations& observations);

/// Whether every trip through a VIP was turned away at once and none reached a member: a balancer without
/// members that are up looks like that, and so does a VIP on which nobody listens.
bool are_all_turned_away(const std::vector<Trip>& trips);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {

/// Why one trip failed: one cause each, the earliest in the network, so that no symptom is judged as a fault of its own.
struct RootCause {
  std::string_view cause;        ///< empty: the trip succeeded, or it is unresolved
  bool is_unresolved = false;    ///< it failed and the evidence does not say why
  std::string observed;          ///< one line, data: "SYN-ACK from 10.137.2.22:444 (02:00:…)"
  std::string summary;           ///< one sentence with names
  std::vector<Evidence> evidence;

  bool is_good() const { return cause.empty() && !is_unresolved; }
};

RootCause root_cause(const Case& c, const Pair& pair, const Trip& trip);

/// What the VIP itself did to this trip, whatever stands behind it; no cause where it did nothing that explains the end.
RootCause cause_at_vip(const Case& c, const Pair& pair, const Trip& trip);

/// The id of the check whose finding carries this cause.
std::string check_of(std::string_view cause);

/// True when the cause is about the VIP or the client leg, whatever member stands behind it.
bool is_before_member(std::string_view cause);

/// The first packet that the member sent back on the server leg, seen at the member; null when it was not seen.
const PacketObservation* member_reply(const Trip& trip, const std::string& member);

/// The balancer received this reply: its capture saw the connection's packets from the member's side.
bool passed_balancer(const Trip& trip, const std::string& balancer);

}  // namespace hairpin::checks

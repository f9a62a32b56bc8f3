// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// The unit of judgement: one source, one member, one virtual server, and the trips that landed there.
struct Pair {
  const PlannedSource* planned = nullptr;
  const Pool* pool = nullptr;
  const VirtualServer* server = nullptr;
  std::string member;
  bool is_first_of_source = false;     ///< what is said of a source is said once, here
  std::string skip_reason;             ///< not empty: left out on purpose
  std::vector<const Trip*> trips;
  std::vector<const Trip*> landless;   ///< trips of this source of which nobody knows where they went

  Subject subject() const;
  Subject source_subject() const;      ///< without the member
  const std::string& load_balancer() const { return pool->load_balancer; }
};

/// The trip is one of this source's through this VIP; `belongs_to`: and neither a test of idle time nor a question about
/// TLS, which have their own checks.
bool is_through(const Trip& trip, const PlannedSource& planned);
bool belongs_to(const Trip& trip, const PlannedSource& planned);

/// Every pair of the plan, also those that were skipped or never seen: findings' ids must not depend on luck.
std::vector<Pair> pairs_of(const Case& c);

/// A finding about a pair with the fields that every check fills alike.
Finding finding_for(std::string_view check, const Subject& subject);
/// Verdict, cause and summary from the row of the cause.
void set_cause(Finding& finding, std::string_view cause);
/// The finding as inconclusive, and why.
Finding unknown(Finding finding, std::string summary, std::string reason, std::string next_step);
Finding skip(std::string_view check, const Subject& subject, std::string reason, std::string explained_by = {});

/// The finding of a pair that cannot be judged: left out by the topology, or never seen, which coverage judges.
std::optional<Finding> not_judged(std::string_view check, const Pair& pair);

/// Evidence that quotes a packet.
Evidence packet_evidence(const PacketObservation& packet, MatchKey match);
Evidence probe_evidence(const ProbeObservation& probe);
std::string_view name(MatchKey key);

/// attempts, failed and confirmed from the trips and those with this finding's cause.
void set_attempts(Finding& finding, std::size_t attempts, std::size_t failed);

}  // namespace hairpin::checks

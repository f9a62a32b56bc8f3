// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "checks/sight.hpp"
#include "evidence/finding.hpp"
#include "evidence/trip.hpp"
#include "topology/model.hpp"
#include "topology/plan.hpp"
#include "topology/predicted.hpp"

namespace hairpin::checks {

/// Everything that a check may look at. It does no I/O and changes nothing.
struct Case {
  const Topology& topology;
  const Plan& plan;
  const Observations& observations;
  const Roster& roster;
  const Sight& sight;
  const std::vector<Flow>& flows;
  const std::vector<Trip>& trips;
  const std::vector<PredictedPath>& predicted;  ///< of the load balancer's configuration, where one was given
};

/// A rule that judges trips, or one host, against the expectation. One file each; one line in catalogue.cpp.
struct Check {
  std::string_view id;           ///< forever; never renumbered
  std::string_view claim;        ///< the sentence that a pass proves
  std::string_view source;       ///< of the rule: topology key, RFC, vendor document
  std::string_view needs;        ///< vantages
  std::string_view explanation;  ///< how it is judged, paragraphs of plain text
  std::vector<Finding> (*judge)(const Case&);
};

/// Every check, in the order in which reports show them.
std::span<const Check> catalogue();
const Check* find_check(std::string_view id);

/// Judges everything: findings of every check in the order of the catalogue, symptoms explained by root causes, waivers
/// applied, diagnosed and counted. `Run::run` (id, times, version, family) is the caller's.
Run judge(const Topology& topology, const Plan& plan, const Observations& observations,
          const std::vector<PredictedPath>& predicted = {});

}  // namespace hairpin::checks

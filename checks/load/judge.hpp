// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/load/rules.hpp"
#include "evidence/finding.hpp"
#include "evidence/load.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// One load of all its sources together, and what its members said.
struct LoadCase {
  const Topology& topology;
  LoadObservation load;                  ///< merged
  std::vector<LoadObservation> sources;  ///< each
  LoadRules rules;
  std::vector<ServedLoad> served;        ///< by every member; empty: one of them could not say
  double highest_kept = 0;               ///< of a search
  std::string search_limit = {};         ///< … which ended there because the generator, or a responder, was the limit: how
  std::string not_repeated = {};         ///< why there are fewer equal loads than were asked for
};

/// Whether the load kept every rule, for a search: nothing failed beyond the rules, the rate was held, and it was no generator
/// that held it back.
struct LoadOutcome {
  bool is_limited = false;   ///< by the generator or a responder, or not steady: tells nothing of the network
  bool is_kept = false;
  std::string why;           ///< not kept, or limited
};
LoadOutcome outcome_of(const LoadObservation& load, const LoadRules& rules, const std::vector<ServedLoad>& served = {});

/// With 95 % confidence no more than that share fails, where `failed` of `attempted` did (0 of n: 3/n). 1 for none attempted.
double upper_bound(std::uint64_t failed, std::uint64_t attempted);

/// Why the accounts of both ends do not fit; empty: they do, or the other end's is not known. Members answer what sources
/// completed, and may have answered what failed on the way back.
std::string disagreement(const LoadObservation& load, const std::vector<ServedLoad>& served);

/// Findings: the verdict on the load, then the share of each member.
std::vector<Finding> judge_load(const LoadCase& load);

}  // namespace hairpin::checks

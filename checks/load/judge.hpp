// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/finding.hpp"
#include "evidence/load.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// What is demanded of a load: RFC 9411 §7, validation criteria.
struct LoadRules {
  double most_failed = 1e-5;      ///< of attempted transactions: 0.001 %
  double most_resets = 1e-5;      ///< of established connections
  double most_deviation = 0.05;   ///< of a second's rate from the mean
  double most_open_deviation = 0.1;  ///< … of open connections; judged for `concurrent`
};

/// One load of all its sources together, and what its members said.
struct LoadCase {
  const Topology& topology;
  LoadObservation load;                  ///< merged
  std::vector<LoadObservation> sources;  ///< each
  LoadRules rules;
  std::vector<ServedLoad> served;        ///< by every member; empty: one of them could not say
};

/// What can be told of a generator: empty when nothing of it limited the load.
std::string limit_of(const LoadObservation& load);

/// Whether the load kept every rule, for a search: nothing failed beyond the rules, the rate was held, and it was no generator
/// that held it back.
struct LoadOutcome {
  bool is_limited = false;   ///< by the generator: tells nothing of the network
  bool is_kept = false;
  std::string why;           ///< not kept, or limited
};
LoadOutcome outcome_of(const LoadObservation& load, const LoadRules& rules);

/// Greatest deviation of a whole second of the sustain phase from the mean, as a share of it; negative where there are too
/// few seconds or events to tell. What chance alone makes of independent arrivals is granted.
double deviation_of(const LoadObservation& load);

/// With 95 % confidence no more than that share fails, where `failed` of `attempted` did (0 of n: 3/n). 1 for none attempted.
double upper_bound(std::uint64_t failed, std::uint64_t attempted);

/// Why the accounts of both ends do not fit; empty: they do, or the other end's is not known. Members answer what sources
/// completed, and may have answered what failed on the way back.
std::string disagreement(const LoadObservation& load, const std::vector<ServedLoad>& served);

/// Findings: the verdict on the load, then the share of each member.
std::vector<Finding> judge_load(const LoadCase& load);

}  // namespace hairpin::checks

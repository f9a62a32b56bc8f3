// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hairpin::checks {

/// What is demanded of a load: RFC 9411 §7, validation criteria.
struct LoadRules {
  double most_failed = 1e-5;      ///< of attempted transactions: 0.001 %
  double most_resets = 1e-5;      ///< of the established connections that lived in the sustain phase
  double most_deviation = 0.05;   ///< of a second's rate from the mean
  double most_behind = 0.05;      ///< of the transactions that were due: may pile up
  double most_behind_in_trial = 0.005;  ///< … in a load of a search, whose rate is to be held for longer than it lasts
  double most_open_deviation = 0.1;  ///< of a second's open connections from the mean: for `concurrent`
};

/// 0.001 %, or nothing at all (--no-failure).
inline LoadRules load_rules(bool is_strict) {
  LoadRules rules;
  if (is_strict) rules.most_failed = rules.most_resets = 0;
  return rules;
}

}  // namespace hairpin::checks

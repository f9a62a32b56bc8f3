// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace hairpin {

/// Finds the highest rate that keeps the rules: a ladder of 1, 10, 50 and 100 % of what is wanted at most, then bisection
/// between the highest rate that was kept and the lowest that was not, until they are 2 % apart (RFC 9411 §7.x.4 step 3,
/// with the ladder of MLRsearch's short trials). Pure: somebody else makes the loads.
class LoadSearch {
 public:
  struct Trial {
    double rate = 0;
    bool is_kept = false;
    bool is_limited = false;  ///< by the generator: counts as not kept, and the result says so
    nanoseconds p99{};
    std::string why;
  };

  explicit LoadSearch(double most, double width = 0.02);
  std::optional<double> next() const;  ///< absent: found, or nothing was kept at all
  void put(Trial trial);

  const std::vector<Trial>& trials() const { return trials_; }
  double highest_kept() const { return kept_; }
  /// The lowest rate whose p99 was more than twice that of the 10 % trial: where waiting begins. Absent: there was none.
  std::optional<double> knee() const;
  /// What held the search back was the generator: the network may carry more.
  bool is_limited() const;

 private:
  double most_, width_;
  double kept_ = 0;
  std::optional<double> broken_;
  std::vector<Trial> trials_;
};

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace hairpin {

/// Finds the highest rate that keeps the rules: a ladder of 1, 10, 50 and 100 % of what is wanted at most, then bisection
/// between the highest rate that was kept and the lowest that was not, until they are 2 % apart (RFC 9411 §7.x.4 step 3,
/// with the ladder of MLRsearch's short trials). Steps below `least` are left out: a trial of so few transactions tells
/// nothing; one that the generator, or a machine that was busy elsewhere, made worthless is made once more. Pure: somebody else makes
/// the loads.
class LoadSearch {
 public:
  struct Trial {
    double rate = 0;
    bool is_kept = false;
    bool is_limited = false;  ///< by the generator or a responder: the second one of a rate counts as not kept, and the result says so
    std::optional<nanoseconds> p99;  ///< absent: too few transactions
    std::string why;
    bool is_beyond = false;  ///< of what a host lends: nothing was made, and nothing would be
  };

  explicit LoadSearch(double most, double least = 0, double width = 0.02);
  std::optional<double> next() const;  ///< absent: found, or nothing was kept at all
  void put(Trial trial);

  const std::vector<Trial>& trials() const { return trials_; }
  double highest_kept() const { return kept_; }
  /// The lowest rate whose p99 was more than twice that of the 10 % trial: where waiting begins. Absent: there was none. Trials that were
  /// limited do not count.
  std::optional<double> knee() const;
  /// Why nobody can tell whether there was one; empty: `knee` does.
  std::string knee_unknown() const;
  /// How the generator held the search back: the network may carry more. Empty: it did not.
  std::string limit() const;

 private:
  const Trial* at(double rate) const;
  const Trial* base() const;

  double most_, width_;
  std::vector<double> ladder_;
  std::size_t rungs_ = 0;  ///< that are decided
  bool is_to_be_repeated_ = false;
  double kept_ = 0;
  std::optional<double> broken_;
  std::vector<Trial> trials_;
};

}  // namespace hairpin

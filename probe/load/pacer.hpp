// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "base/clock.hpp"
#include "evidence/load.hpp"

namespace hairpin::probe::load {

/// Which phase it is so long after the agreed start.
LoadPhase phase_at(const LoadPhases& phases, nanoseconds since_start);
nanoseconds sustain_begins(const LoadPhases& phases);
nanoseconds sustain_ends(const LoadPhases& phases);

/// How many connections a closed loop has at that moment: rises with the ramp, none before and after.
std::uint32_t connections_at(const LoadPhases& phases, std::uint32_t connections, nanoseconds since_start);

/// A load's n-th part of N: which share of `whole` is its own; the shares add up to it.
std::uint32_t share_of(std::uint32_t whole, std::uint32_t part, std::uint32_t parts);

/// When transactions are due, whatever becomes of them: none in `init`, a rate that rises linearly in `ramp_up`, the
/// rate itself in `sustain`, none after it. Several threads share one sequence: of constant arrivals each takes every n-th, of
/// Poisson arrivals each makes a stream of its own, whose sum is one (a sum of Poisson processes is one).
class Pacer {
 public:
  struct Part {
    std::uint32_t thread = 0, threads = 1;
  };
  static constexpr nanoseconds kNever = nanoseconds::max();

  /// `arrivals` constant or poisson; closed: nothing is ever due.
  Pacer(Arrivals arrivals, double rate, const LoadPhases& phases, Part part, std::uint64_t seed);
  /// Of one thread of one of the hosts that make the load together: they take turns as threads do, so that their arrivals
  /// are one even sequence and do not fall on the same instants.
  Pacer(const LoadShape& shape, Part of_host)
      : Pacer(shape.arrivals, shape.rate * shape.parts, shape.phases,
              {shape.part + shape.parts * of_host.thread, shape.parts * of_host.threads}, shape.seed) {}
  nanoseconds due() const { return due_; }  ///< after the agreed start; kNever: no more
  void advance();

 private:
  void settle();
  nanoseconds time_of(double position) const;

  Arrivals arrivals_;
  LoadPhases phases_;
  Part part_;
  double rate_;      ///< of the sequence that `position_` counts in
  double position_;  ///< arrivals that the rate has made due
  nanoseconds due_ = kNever;
  std::mt19937_64 random_;
};

}  // namespace hairpin::probe::load

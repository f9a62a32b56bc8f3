// SPDX-License-Identifier: Apache-2.0
#include "probe/load/pacer.hpp"

#include <algorithm>
#include <cmath>

namespace hairpin::probe::load {
namespace {

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// -ln(u) of a u in (0, 1]: std::exponential_distribution gives other numbers in other libraries.
double exponential(std::mt19937_64& random) {
  constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
  return -std::log((static_cast<double>(random() >> 11) + 1) * kUnit);
}

}  // namespace

nanoseconds sustain_begins(const LoadPhases& phases) { return phases.init + phases.ramp_up; }
nanoseconds sustain_ends(const LoadPhases& phases) { return sustain_begins(phases) + phases.sustain; }

LoadPhase phase_at(const LoadPhases& phases, nanoseconds since_start) {
  if (since_start < nanoseconds(0)) return LoadPhase::over;
  if (since_start < phases.init) return LoadPhase::init;
  if (since_start < sustain_begins(phases)) return LoadPhase::ramp_up;
  if (since_start < sustain_ends(phases)) return LoadPhase::sustain;
  return since_start < sustain_ends(phases) + phases.ramp_down ? LoadPhase::ramp_down : LoadPhase::over;
}

std::uint32_t connections_at(const LoadPhases& phases, std::uint32_t connections, nanoseconds since_start) {
  const auto phase = phase_at(phases, since_start);
  if (phase == LoadPhase::sustain) return connections;
  if (phase != LoadPhase::ramp_up) return 0;
  const double share = seconds(since_start - phases.init) / seconds(phases.ramp_up);
  return std::min(connections, static_cast<std::uint32_t>(std::floor(share * connections)) + 1);
}

std::uint32_t share_of(std::uint32_t whole, std::uint32_t part, std::uint32_t parts) {
  return whole / parts + (part < whole % parts ? 1 : 0);
}

Pacer::Pacer(Arrivals arrivals, double rate, const LoadPhases& phases, Part part, std::uint64_t seed)
    : arrivals_(arrivals),
      phases_(phases),
      part_(part),
      rate_(arrivals == Arrivals::poisson ? rate / part.threads : rate),
      position_(arrivals == Arrivals::poisson ? 0 : part.thread),
      random_(seed * 1'000'003 + part.thread) {
  if (arrivals == Arrivals::closed || !(rate > 0)) return;
  if (arrivals == Arrivals::poisson) position_ += exponential(random_);
  settle();
}

void Pacer::advance() {
  position_ += arrivals_ == Arrivals::poisson ? exponential(random_) : part_.threads;
  settle();
}

void Pacer::settle() {
  const auto time = time_of(position_);
  due_ = time < sustain_ends(phases_) ? time : kNever;
}

/// The rate rises by rate/ramp a second: after t seconds of the ramp rate·t²/(2·ramp) arrivals were due.
nanoseconds Pacer::time_of(double position) const {
  const double ramp = seconds(phases_.ramp_up);
  const double in_ramp = rate_ * ramp / 2;
  const double after_init =
      position < in_ramp ? std::sqrt(2 * ramp * position / rate_) : ramp + (position - in_ramp) / rate_;
  constexpr double kLongest = 1e9;  // a rate of almost nothing
  return phases_.init + nanoseconds(static_cast<std::int64_t>(std::min(after_init, kLongest) * 1e9));
}

}  // namespace hairpin::probe::load

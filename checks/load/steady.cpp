// SPDX-License-Identifier: Apache-2.0
#include "checks/load/steady.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hairpin::checks {
namespace {

constexpr std::size_t kLeastSeconds = 4;
constexpr double kChanceSigmas = 3;

/// Whole seconds of the sustain phase: those that began in it, but the first and the last, which may be cut.
std::vector<LoadSecond> whole_seconds(const LoadObservation& load) {
  std::vector<LoadSecond> kept;
  for (const auto& second : load.seconds)
    if (second.phase == LoadPhase::sustain) kept.push_back(second);
  if (kept.size() < kLeastSeconds) return {};
  kept.pop_back();
  kept.erase(kept.begin());
  return kept;
}

template <class Value>
double greatest_deviation(const std::vector<LoadSecond>& all, Value value, double granted_sigmas) {
  if (all.empty()) return -1;
  double sum = 0;
  for (const auto& second : all) sum += value(second);
  const double mean = sum / static_cast<double>(all.size());
  if (mean < 1) return -1;
  double greatest = 0;
  for (const auto& second : all)  // one more or less is how seconds are cut
    greatest = std::max(greatest, (std::abs(value(second) - mean) - 1) / mean);
  return std::max(0.0, greatest - granted_sigmas / std::sqrt(mean));
}

double deviation_of_open(const LoadObservation& load) {
  return greatest_deviation(whole_seconds(load), [](const LoadSecond& second) { return static_cast<double>(second.open); }, 0);
}

}  // namespace

double deviation_of(const LoadObservation& load) {
  const double sigmas = load.shape.arrivals == Arrivals::poisson ? kChanceSigmas : 0;
  const auto completed = [](const LoadSecond& second) { return static_cast<double>(second.completed); };
  return greatest_deviation(whole_seconds(load), completed, sigmas);
}

Steadiness steadiness_of(const LoadObservation& load, const LoadRules& rules) {
  const bool is_of_open = load.shape.test == LoadTest::concurrent;
  const double deviation = is_of_open ? deviation_of_open(load) : deviation_of(load);
  const double most = is_of_open ? rules.most_open_deviation : rules.most_deviation;
  const auto* const what = is_of_open ? "the open connections of a second were" : "the rate of a second was";
  if (deviation < 0 && whole_seconds(load).empty())
    return {{}, fmt::format("the sustain phase has fewer than {} whole seconds", kLeastSeconds)};
  if (deviation < 0) return {{}, is_of_open ? "hardly a connection was open" : "there was less than one transaction a second"};
  if (deviation < most) return {};
  return {fmt::format("{} {:.1f} % off the mean, {:.0f} % are allowed", what, 100 * deviation, 100 * most), {}};
}

}  // namespace hairpin::checks

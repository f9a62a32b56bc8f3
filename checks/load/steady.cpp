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
/// Of the connections that were asked for: on average, and at least. One that is over is replaced a moment later.
constexpr double kLeastMeanOpen = 0.99, kLeastOpen = 0.9;

/// Whole seconds of the sustain phase; none where they are too few.
std::vector<LoadSecond> whole_seconds(const LoadObservation& load) {
  auto kept = sustained_seconds(load);
  if (kept.size() < kLeastSeconds) kept.clear();
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

/// Looks at the later half: a constant delay makes the first seconds lack what the ramp did not bring. One stall is made up for; of
/// a path that does not keep pace most seconds lack something.
std::string behind(const LoadObservation& load, double most_behind) {
  const auto all = whole_seconds(load);
  const auto first = all.size() / 2;
  double due = 0, completed = 0, lacking = 0;
  for (auto i = first; i < all.size(); ++i) {
    const auto& second = all[i];
    due += static_cast<double>(second.attempted);
    completed += static_cast<double>(second.completed);
    lacking += second.completed < second.attempted ? 1 : 0;
  }
  const auto seconds = static_cast<double>(all.size() - first);
  if (due == 0 || 2 * lacking <= seconds) return {};
  const double chance = load.shape.arrivals == Arrivals::poisson ? kChanceSigmas * std::sqrt(due / seconds) : 0;
  const double most = std::min(most_behind * due, due / seconds);
  if (due - completed - 1 - chance < most) return {};
  return fmt::format("{:.1f} of {:.1f} transactions a second were completed, the others piled up", completed / seconds, due / seconds);
}

std::string too_few_open(const LoadObservation& load) {
  const auto all = whole_seconds(load);
  if (all.empty()) return {};
  auto least = all.front().open;
  double sum = 0;
  for (const auto& second : all) {
    least = std::min(least, second.open);
    sum += static_cast<double>(second.open);
  }
  const double mean = sum / static_cast<double>(all.size());
  const double wanted = load.shape.connections;
  if (mean >= kLeastMeanOpen * wanted && static_cast<double>(least) >= kLeastOpen * wanted) return {};
  return fmt::format("{:.1f} of {} connections were open, {} at least", mean, load.shape.connections, least);
}

}  // namespace

Shortfall shortfall_of(const LoadObservation& load, double most_behind) {
  Shortfall shortfall;
  if (load.shape.test == LoadTest::concurrent)
    shortfall.too_few = too_few_open(load);
  else if (load.shape.arrivals != Arrivals::closed)
    shortfall.behind = behind(load, most_behind);
  return shortfall;
}

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

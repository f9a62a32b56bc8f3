// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_search.hpp"

#include <algorithm>
#include <array>

namespace hairpin {
namespace {

constexpr std::array kLadder{0.01, 0.1, 0.5, 1.0};
constexpr std::size_t kMostTrials = 16;
constexpr double kKneeFactor = 2;

}  // namespace

LoadSearch::LoadSearch(double most, double width) : most_(most), width_(width) {}

std::optional<double> LoadSearch::next() const {
  if (trials_.size() >= kMostTrials) return {};
  if (!broken_) {
    if (trials_.size() < kLadder.size()) return most_ * kLadder[trials_.size()];
    return {};  // all of the ladder was kept
  }
  if (kept_ == 0 && *broken_ <= most_ * kLadder.front()) return {};
  if (*broken_ - kept_ <= width_ * *broken_) return {};
  return (kept_ + *broken_) / 2;
}

void LoadSearch::put(Trial trial) {
  if (trial.is_kept && !trial.is_limited)
    kept_ = std::max(kept_, trial.rate);
  else
    broken_ = std::min(broken_.value_or(trial.rate), trial.rate);
  trials_.push_back(std::move(trial));
}

std::optional<double> LoadSearch::knee() const {
  const auto is_base = [this](const Trial& trial) { return trial.rate == most_ * kLadder[1]; };
  const auto base = std::find_if(trials_.begin(), trials_.end(), is_base);
  if (base == trials_.end() || base->p99.count() == 0) return {};
  std::optional<double> knee;
  for (const auto& trial : trials_)
    if (trial.rate > base->rate && trial.p99 > kKneeFactor * base->p99 && (!knee || trial.rate < *knee)) knee = trial.rate;
  return knee;
}

bool LoadSearch::is_limited() const {
  return std::any_of(trials_.begin(), trials_.end(),
                     [this](const Trial& trial) { return trial.is_limited && broken_ && trial.rate == *broken_; });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/search.hpp"

#include <algorithm>
#include <array>

namespace hairpin {
namespace {

constexpr std::array kLadder{0.01, 0.1, 0.5, 1.0};
constexpr std::size_t kMostTrials = 16;
constexpr double kKneeFactor = 2;

}  // namespace

LoadSearch::LoadSearch(double most, double least, double width) : most_(most), width_(width) {
  for (const double share : kLadder)
    if (most * share >= least || share == kLadder.back()) ladder_.push_back(most * share);
}

std::optional<double> LoadSearch::next() const {
  if (trials_.size() >= kMostTrials) return {};
  if (!broken_) {
    if (trials_.size() < ladder_.size()) return ladder_[trials_.size()];
    return {};  // all of the ladder was kept
  }
  if (kept_ == 0 && *broken_ <= ladder_.front()) return {};
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

/// The trial that others are compared with; null: there was none of that rate.
const LoadSearch::Trial* LoadSearch::base() const {
  const auto is_base = [this](const Trial& trial) { return trial.rate == most_ * kLadder[1]; };
  const auto base = std::find_if(trials_.begin(), trials_.end(), is_base);
  return base == trials_.end() ? nullptr : &*base;
}

std::optional<double> LoadSearch::knee() const {
  const auto* const low = base();
  if (!low || !low->p99) return {};
  std::optional<double> knee;
  for (const auto& trial : trials_)
    if (trial.rate > low->rate && trial.p99 && *trial.p99 > kKneeFactor * *low->p99 && (!knee || trial.rate < *knee)) knee = trial.rate;
  return knee;
}

std::string LoadSearch::knee_unknown() const {
  const auto* const low = base();
  if (!low) return "no load of a tenth of the rate was made";
  return low->p99 ? "" : "a load of a tenth of the rate has too few transactions for a p99";
}

std::string LoadSearch::limit() const {
  const auto is_it = [this](const Trial& trial) { return trial.is_limited && broken_ && trial.rate == *broken_; };
  const auto found = std::find_if(trials_.begin(), trials_.end(), is_it);
  return found == trials_.end() ? "" : found->why;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/search.hpp"

#include <algorithm>
#include <array>

namespace hairpin {
namespace {

constexpr std::array kLadder{0.01, 0.1, 0.5, 1.0};
constexpr std::size_t kMostTrials = 16;
constexpr double kKneeFactor = 2;

/// What it waited for may be compared with `base`: it is the network's.
bool is_above(const LoadSearch::Trial& trial, const LoadSearch::Trial& base) {
  return trial.rate > base.rate && !trial.is_limited && trial.p99.has_value();
}

}  // namespace

LoadSearch::LoadSearch(double most, double least, double width) : most_(most), width_(width) {
  for (const double share : kLadder)
    if (most * share >= least || share == kLadder.back()) ladder_.push_back(most * share);
}

std::optional<double> LoadSearch::next() const {
  if (trials_.size() >= kMostTrials) return {};
  if (is_to_be_repeated_) return trials_.back().rate;
  if (!broken_) {
    if (rungs_ < ladder_.size()) return ladder_[rungs_];
    return {};  // all of the ladder was kept
  }
  if (kept_ == 0 && *broken_ <= ladder_.front()) return {};
  if (*broken_ - kept_ <= width_ * *broken_) return {};
  return (kept_ + *broken_) / 2;
}

void LoadSearch::put(Trial trial) {
  const bool is_last = trials_.size() + 1 >= kMostTrials;
  is_to_be_repeated_ = trial.is_limited && !trial.is_beyond && !is_to_be_repeated_ && !is_last;
  if (!is_to_be_repeated_) {
    ++rungs_;
    if (trial.is_kept && !trial.is_limited)
      kept_ = std::max(kept_, trial.rate);
    else
      broken_ = std::min(broken_.value_or(trial.rate), trial.rate);
  }
  trials_.push_back(std::move(trial));
}

/// The last trial of that rate; null: there was none.
const LoadSearch::Trial* LoadSearch::at(double rate) const {
  const auto found = std::find_if(trials_.rbegin(), trials_.rend(), [rate](const Trial& trial) { return trial.rate == rate; });
  return found == trials_.rend() ? nullptr : &*found;
}

/// The trial that others are compared with.
const LoadSearch::Trial* LoadSearch::base() const { return at(most_ * kLadder[1]); }

std::optional<double> LoadSearch::knee() const {
  if (!knee_unknown().empty()) return {};
  const auto* const low = base();
  std::optional<double> knee;
  for (const auto& trial : trials_)
    if (is_above(trial, *low) && *trial.p99 > kKneeFactor * *low->p99 && (!knee || trial.rate < *knee)) knee = trial.rate;
  return knee;
}

std::string LoadSearch::knee_unknown() const {
  const auto* const low = base();
  if (!low) return "no load of a tenth of the rate was made";
  if (!low->is_kept || low->is_limited) return "the load of a tenth of the rate was not kept: search up to less";
  if (!low->p99) return "a load of a tenth of the rate has too few transactions for a p99";
  const auto is_compared = [low](const Trial& trial) { return is_above(trial, *low); };
  return std::any_of(trials_.begin(), trials_.end(), is_compared) ? "" : "no load above a tenth of the rate has a p99 of the network's";
}

std::string LoadSearch::limit() const {
  const auto* const broken = broken_ ? at(*broken_) : nullptr;
  return broken && broken->is_limited ? broken->why : "";
}

}  // namespace hairpin

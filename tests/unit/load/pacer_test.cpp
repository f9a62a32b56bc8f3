// SPDX-License-Identifier: Apache-2.0
#include "probe/load/pacer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hairpin::probe::load {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const LoadPhases kTenSeconds{0ms, 0ms, 10'000ms, 0ms};
const LoadPhases kWithRamp{5'000ms, 4'000ms, 10'000ms, 2'000ms};

std::vector<nanoseconds> all(Pacer pacer) {
  std::vector<nanoseconds> due;
  for (; pacer.due() != Pacer::kNever; pacer.advance()) due.push_back(pacer.due());
  return due;
}

std::vector<nanoseconds> of_all_threads(Arrivals arrivals, double rate, const LoadPhases& phases, std::uint32_t threads) {
  std::vector<nanoseconds> due;
  for (std::uint32_t thread = 0; thread < threads; ++thread)
    for (const auto time : all({arrivals, rate, phases, {thread, threads}, 7})) due.push_back(time);
  std::sort(due.begin(), due.end());
  return due;
}

TEST(Pacer, MakesAThousandDueInTenSecondsAtAHundredASecond) {
  const auto due = all({Arrivals::constant, 100, kTenSeconds, {}, 1});
  ASSERT_EQ(due.size(), 1000U);
  EXPECT_EQ(due.front(), 0ns);
  EXPECT_EQ(due[1], 10ms);
  EXPECT_EQ(due.back(), 9990ms);
}

TEST(Pacer, DividesOneSequenceAmongThreads) {
  const auto whole = of_all_threads(Arrivals::constant, 1000, kTenSeconds, 1);
  EXPECT_EQ(of_all_threads(Arrivals::constant, 1000, kTenSeconds, 3), whole);
  const auto part = all({Arrivals::constant, 1000, kTenSeconds, {1, 3}, 1});
  EXPECT_EQ(part.front(), 1ms);
  EXPECT_EQ(part[1], 4ms);
}

TEST(Pacer, DividesOneSequenceAmongHostsAndTheirThreads) {
  std::vector<nanoseconds> due;
  for (std::uint32_t part = 0; part < 2; ++part) {
    LoadShape shape;
    shape.arrivals = Arrivals::constant;
    shape.rate = 500;
    shape.phases = kTenSeconds;
    shape.part = part;
    shape.parts = 2;
    const auto threads = part + 1;  // the second has two
    for (std::uint32_t thread = 0; thread < threads; ++thread)
      for (const auto time : all(Pacer(shape, {thread, threads}))) due.push_back(time);
  }
  std::sort(due.begin(), due.end());
  EXPECT_EQ(due, of_all_threads(Arrivals::constant, 1000, kTenSeconds, 1));
}

TEST(Pacer, RisesLinearlyAfterNothingWasDueInInit) {
  const auto due = all({Arrivals::constant, 100, kWithRamp, {}, 1});
  const auto before = [&due](nanoseconds time) { return std::lower_bound(due.begin(), due.end(), time) - due.begin(); };
  EXPECT_EQ(before(5s), 0);
  EXPECT_NEAR(static_cast<double>(before(7s)), 50, 1);     // half of the ramp: a quarter of its 200
  EXPECT_NEAR(static_cast<double>(before(9s)), 200, 1);
  EXPECT_NEAR(static_cast<double>(before(14s)), 700, 1);
  EXPECT_EQ(due.size(), 1200U);
  EXPECT_LT(due.back(), 19s);
}

TEST(Pacer, MakesPoissonArrivalsOfTheSameRate) {
  const auto due = of_all_threads(Arrivals::poisson, 2000, kTenSeconds, 4);
  EXPECT_NEAR(static_cast<double>(due.size()), 20'000, 4 * std::sqrt(20'000));
  double sum = 0, squares = 0;
  for (std::size_t i = 1; i < due.size(); ++i) {
    const auto gap_ms = std::chrono::duration<double, std::milli>(due[i] - due[i - 1]).count();
    sum += gap_ms;
    squares += gap_ms * gap_ms;
  }
  const auto count = static_cast<double>(due.size() - 1);
  const auto mean = sum / count;
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean) / mean, 1, 0.05);  // that of exponential gaps
}

TEST(Pacer, RepeatsItselfForASeedAndDoesNotForAnother) {
  const auto with = [](std::uint64_t seed) { return all({Arrivals::poisson, 50, kTenSeconds, {}, seed}); };
  EXPECT_EQ(with(3), with(3));
  EXPECT_NE(with(3), with(4));
}

TEST(Pacer, HasNothingDueInAClosedLoopOrWithoutARate) {
  EXPECT_EQ(Pacer(Arrivals::closed, 100, kTenSeconds, {}, 1).due(), Pacer::kNever);
  EXPECT_EQ(Pacer(Arrivals::constant, 0, kTenSeconds, {}, 1).due(), Pacer::kNever);
  EXPECT_EQ(Pacer(Arrivals::constant, std::nan(""), kTenSeconds, {}, 1).due(), Pacer::kNever);
  EXPECT_EQ(all(Pacer(Arrivals::constant, 1e-300, kTenSeconds, {}, 1)).size(), 1U);
}

TEST(Phases, FollowEachOther) {
  const auto at = [](nanoseconds time) { return phase_at(kWithRamp, time); };
  EXPECT_EQ(at(-1ns), LoadPhase::over);
  EXPECT_EQ(at(0ns), LoadPhase::init);
  EXPECT_EQ(at(5s - 1ns), LoadPhase::init);
  EXPECT_EQ(at(5s), LoadPhase::ramp_up);
  EXPECT_EQ(at(9s), LoadPhase::sustain);
  EXPECT_EQ(at(19s), LoadPhase::ramp_down);
  EXPECT_EQ(at(21s), LoadPhase::over);
}

TEST(Phases, RaiseTheConnectionsOfAClosedLoop) {
  const auto at = [](nanoseconds time) { return connections_at(kWithRamp, 100, time); };
  EXPECT_EQ(at(4s), 0U);
  EXPECT_EQ(at(5s), 1U);
  EXPECT_EQ(at(7s), 51U);
  EXPECT_EQ(at(9s - 1ns), 100U);
  EXPECT_EQ(at(12s), 100U);
  EXPECT_EQ(at(19s), 0U);
}

TEST(Shares, AddUp) {
  EXPECT_EQ(share_of(10, 0, 3), 4U);
  EXPECT_EQ(share_of(10, 1, 3), 3U);
  EXPECT_EQ(share_of(10, 2, 3), 3U);
}

}  // namespace
}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
// Whether as much was carried as was asked for, and whether the load is judged by what there was of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/histogram.hpp"
#include "checks/load/figures.hpp"
#include "checks/load/limits.hpp"
#include "tests/unit/checks/load_good.hpp"

namespace hairpin::checks {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Four whole seconds, of which the first is a fifth of the others.
TEST(LoadCarried, LooksAtTheFirstSecondOfAShortLoad) {
  auto load = good();
  load.shape.arrivals = Arrivals::closed;
  load.shape.phases.sustain = 4s;
  load.seconds.resize(2 + 4);
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.seconds[2].completed = 200;
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
}

/// 28 are due a second, 20 are completed; the others follow when nothing is due any more, and nothing fails.
TEST(LoadCarried, FailsWhereArrivalsPileUp) {
  auto load = good();
  for (auto& second : load.seconds) second.completed = 714;
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
  EXPECT_EQ(verdict(load).cause, "load.behind");
  EXPECT_THAT(verdict(load).observed, HasSubstr("714.0 of 1000.0"));
  EXPECT_FALSE(outcome_of(load, {}).is_kept);
  EXPECT_FALSE(outcome_of(load, {}).is_limited);
  for (auto& second : load.seconds) second.completed = 955;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.shape.arrivals = Arrivals::closed;  // nothing was due
  for (auto& second : load.seconds) second.completed = 714;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

std::string times_of(nanoseconds least, nanoseconds usual) {
  Histogram times;
  times.record(least);
  times.record(usual, 999);
  return times.encode();
}

/// A balancer that hangs: 3 ms of lateness make no timeout of two seconds.
TEST(LoadCarried, FailsForTimeoutsThatAreNotTheGenerators) {
  auto load = good();
  load.shape.limit = 2'000ms;
  load.sustained.failed.timed_out = 200;
  load.sustained.completed -= 200;
  load.counts = load.sustained;
  load.is_hopeless = true;
  load.stopped = "200 of 200 transactions failed within two seconds";
  load.health.lateness_us = 3'600;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  load.health.lateness_us = 20'001;
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  load.health.lateness_us = -1;  // a closed loop looks at nothing that is due
  load.health.cpu = 19s;
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  load.health.cpu = 10s;
  load.health.lateness_us = 3'600;
  load.times.lag = times_of(1ms, 1'500ms);
  load.times.service = times_of(2ms, 3ms);
  EXPECT_EQ(verdict(load).cause, "load.generator-limited") << "they waited for its connections";
}

/// Whose fault it is depends on how far connections got.
TEST(LoadCarried, SaysWhetherConnectionsReachedAMember) {
  auto load = good();
  load.sustained.failed.closed = load.counts.failed.closed = 100;
  load.sustained.completed -= 100;
  load.counts.completed -= 100;
  static const Topology topology;
  auto served = served_all(load);
  const auto cause = [&] { return judge_load({topology, load, {load}, {}, served}).front().cause; };
  EXPECT_EQ(cause(), "load.failures");
  served.front().connections = load.counts.connections - 50;
  EXPECT_EQ(cause(), "load.never-arrived");
  served.front().connections = load.counts.connections - 49;
  EXPECT_EQ(cause(), "load.failures");
  served.clear();
  EXPECT_EQ(cause(), "load.failures") << "nobody can tell";
}

TEST(LoadCarried, TellsOfAMemberThatGotNothing) {
  auto load = good();
  load.members = {{"oc01", 10'000}};
  Topology topology;
  topology.pools.emplace_back();
  auto& pool = topology.pools.front();
  pool.name = load.target.pool;
  pool.members = {"oc01", "oc02"};
  pool.virtual_servers.emplace_back();
  pool.virtual_servers.front().name = load.target.virtual_server;
  const auto of_second = [&] { return judge_load({topology, load, {load}, {}, served_all(load)}).back(); };
  EXPECT_EQ(of_second().verdict, Verdict::warn);
  EXPECT_EQ(of_second().cause, "load.member-idle");
  EXPECT_EQ(of_second().subject.member, "oc02");
  load.sustained.completed = load.sustained.attempted = 29;
  EXPECT_EQ(of_second().verdict, Verdict::info);
  EXPECT_THAT(of_second().summary, HasSubstr("oc02 answered 0.0 % of the load"));
  load.sustained.completed = load.sustained.attempted = 30;
  EXPECT_EQ(of_second().verdict, Verdict::warn);
  load.counts.established = 29;  // all of one connection may be one member's
  EXPECT_EQ(of_second().verdict, Verdict::info);
  load.counts.established = 30;
  EXPECT_EQ(of_second().verdict, Verdict::warn);
  pool.virtual_servers.front().coverage = Coverage::one_per_source;
  EXPECT_EQ(of_second().verdict, Verdict::info);
}

/// With more connections it might have carried them: only a path that slows down is the path's fault.
TEST(LoadCarried, DoesNotFailForWantOfConnections) {
  auto load = good();
  for (auto& second : load.seconds) second.completed = 500;
  load.times.lag = times_of(1ms, 800ms);
  load.times.service = times_of(2ms, 3ms);
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  EXPECT_THAT(verdict(load).reason, HasSubstr("all its 50 connections were busy: transactions waited 800 ms for one and then took 3 ms"));
  EXPECT_TRUE(outcome_of(load, {}).is_limited);
  load.sustained.shed = 1'000;  // there was no room left to wait
  load.sustained.completed -= 1'000;
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  load = good();
  for (auto& second : load.seconds) second.completed = 500;
  load.times.lag = times_of(1ms, 800ms);
  load.times.service = times_of(2ms, 50ms);
  EXPECT_EQ(verdict(load).cause, "load.behind") << "it slowed down";
  load.times.lag = times_of(1ms, 2ms);
  load.times.service = times_of(2ms, 3ms);
  EXPECT_EQ(verdict(load).cause, "load.behind") << "there were free ones";
}

/// What a path carries is no more than what it carries for ever: 1 % that piles up is too much for a search, whose trials are short.
TEST(LoadCarried, ATrialIsNotKeptWhereAFewPileUp) {
  auto load = good();
  EXPECT_TRUE(outcome_of(load, {}).is_kept);
  for (auto& second : load.seconds) second.completed = 990;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  EXPECT_FALSE(outcome_of(load, {}).is_kept);
  EXPECT_FALSE(outcome_of(load, {}).is_limited);
  EXPECT_THAT(outcome_of(load, {}).why, HasSubstr("990.0 of 1000.0"));
  for (auto& second : load.seconds) second.completed = 996;
  EXPECT_TRUE(outcome_of(load, {}).is_kept);
}

TEST(LoadCarried, FailsWhereMoreThanASecondsArrivalsPileUpSlowly) {
  auto load = good();
  load.shape.phases.sustain = 100s;
  const auto one = load.seconds.back();
  while (load.seconds.size() < 102) load.seconds.push_back(one), load.seconds.back().second = static_cast<std::uint32_t>(load.seconds.size() - 1);
  for (auto& second : load.seconds) second.completed = second.second < 2 ? 300 : 990;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);  // 500 of them
  for (auto& second : load.seconds) second.completed = second.second < 2 ? 300 : 975;
  EXPECT_EQ(verdict(load).cause, "load.behind");
}

TEST(LoadCarried, ATrialThatWasNotSteadyTellsASearchNothing) {
  auto load = good();
  load.seconds[6].completed = 500;
  EXPECT_FALSE(outcome_of(load, {}).is_kept);
  EXPECT_TRUE(outcome_of(load, {}).is_limited);
}

/// A stall that is not made up for yet is no rate.
TEST(LoadCarried, DoesNotTakeAStallForARate) {
  auto load = good();
  load.seconds.back().completed = 0;
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
}

TEST(LoadCarried, BlamesPausesThatItsOwnConnectionsMake) {
  auto load = good();
  load.shape.think = 100ms;
  load.shape.transactions = 0;
  for (auto& second : load.seconds) second.completed = 500;
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  EXPECT_THAT(verdict(load).reason, HasSubstr("its 50 connections make 500 transactions a second at most"));
  load.shape.connections = 100;
  EXPECT_EQ(verdict(load).cause, "load.behind");
  load.shape.connections = 50;
  load.shape.transactions = 2;  // one pause for two
  EXPECT_EQ(verdict(load).cause, "load.behind");
}

TEST(LoadCarried, WantsAsManyConcurrentConnectionsAsWereAskedFor) {
  auto load = good();
  load.shape.test = LoadTest::concurrent;
  load.shape.arrivals = Arrivals::closed;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  for (auto& second : load.seconds) second.open = 43;
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
  EXPECT_EQ(verdict(load).cause, "load.too-few-open");
  EXPECT_THAT(verdict(load).observed, HasSubstr("43.0 of 50 connections were open"));
  for (auto& second : load.seconds) second.open = 49;  // few are missing, but always
  EXPECT_THAT(verdict(load).observed, HasSubstr("49.0 of 50 connections were open"));
  for (auto& second : load.seconds) second.open = 50;
  load.seconds[4].open = 46;  // while some are replaced
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.seconds[4].open = 44;
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
}

/// So long a load that the one second does not show in the mean.
TEST(LoadCarried, WantsAsManyConcurrentConnectionsInEverySecond) {
  auto load = good();
  load.shape.test = LoadTest::concurrent;
  load.shape.arrivals = Arrivals::closed;
  load.shape.phases.sustain = 20s;
  for (auto second = load.seconds.back(); load.seconds.size() < 2 + 20;) {
    ++second.second;
    load.seconds.push_back(second);
  }
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.seconds[4].open = 44;
  EXPECT_EQ(verdict(load).cause, "load.too-few-open");
  EXPECT_THAT(verdict(load).observed, HasSubstr("49.7 of 50 connections were open, 44 at least"));
}

TEST(LoadCarried, CountsConcurrentConnectionsThatFailedInTheRamp) {
  auto load = good();
  load.counts.failed.timed_out = 57;
  load.counts.attempted += 57;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.shape.test = LoadTest::concurrent;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  EXPECT_EQ(verdict(load).failed, 57U);
}

TEST(LoadCarried, NeedsTheAccountOfTheMembers) {
  static const Topology topology;
  const auto finding = judge_load({topology, good(), {}, {}, {}}).front();
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.summary, HasSubstr("the members' account of the load is missing"));
}

/// 28 are due a second, 20 are completed in it: the rate is what was completed.
TEST(LoadCarried, MeasuresWhatWasCompletedWithinThePhase) {
  auto load = good();
  for (auto& second : load.seconds) {
    second.completed = second.phase == LoadPhase::sustain ? 20 : 5;
    second.body_bytes = second.completed * 125'000;
  }
  Histogram times;
  times.record(4ms, 1000);
  load.times.response = times.encode();
  const auto figures = figures_of(load);
  EXPECT_DOUBLE_EQ(figures.transactions_per_second, 20);
  EXPECT_DOUBLE_EQ(figures.megabits_per_second, 20);
  EXPECT_DOUBLE_EQ(figures.open_connections, 50);
  EXPECT_THAT(figures_text(figures, ";;;0"), HasSubstr("transactions_per_second=20.00;;;0 "));
  EXPECT_THAT(figures_text(figures), HasSubstr(" p99=4.00"));
  EXPECT_THAT(verdict(load).evidence.front().text, HasSubstr("measured: transactions_per_second=20.00"));
}

TEST(LoadCarried, IsInconclusiveWhereEqualLoadsAreMissing) {
  static const Topology topology;
  auto load = good();
  const auto with = [](const LoadObservation& made) {
    return judge_load({topology, made, {}, {}, served_all(made), 0, {}, "1 of 3 loads were made: no consent"}).front();
  };
  EXPECT_EQ(with(load).verdict, Verdict::inconclusive);
  EXPECT_THAT(with(load).reason, HasSubstr("1 of 3"));
  load.sustained.failed.reset = 1;
  --load.sustained.completed;
  EXPECT_EQ(with(load).verdict, Verdict::fail);
}

/// The VIP dies, the load ends because of that, and the generator was late meanwhile.
TEST(LoadCarried, BlamesWhatIsPlainlyBrokenThoughTheGeneratorHadItsTroubles) {
  auto load = good();
  load.counts.failed.refused = 8'900;
  load.counts.completed -= 8'900;
  load.sustained = load.counts;
  load.health.lateness_us = 5'000;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  load.stopped = "8900 of 9000 transactions failed within two seconds";
  load.is_hopeless = true;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  EXPECT_FALSE(outcome_of(load, {}).is_kept);
  load.is_hopeless = false;  // stopped for another reason
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  EXPECT_THAT(verdict(load).summary, HasSubstr("8900 of 10000 failed"));
  load.stopped.clear();
  load.counts.failed = load.sustained.failed = {};
  load.counts.failed.timed_out = load.sustained.failed.timed_out = 8'900;
  load.shape.limit = 499ms;  // which a generator that is so late makes itself
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  load.health.lateness_us = 0;
  EXPECT_EQ(verdict(load).cause, "load.failures");
}

/// In the ramp: nothing was due in the sustain phase.
TEST(LoadCarried, JudgesWhatItEndedForWhereverThatWas) {
  auto load = good();
  load.counts.failed.timed_out = 300;
  load.counts.completed -= 300;
  load.sustained = {};
  load.stopped = "300 of 310 transactions failed within two seconds";
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  load.is_hopeless = true;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  EXPECT_FALSE(outcome_of(load, {}).is_limited);
}

}  // namespace
}  // namespace hairpin::checks

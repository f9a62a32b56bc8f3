// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/histogram.hpp"
#include "checks/load/judge.hpp"
#include "checks/load/limits.hpp"
#include "checks/load/steady.hpp"
#include "tests/unit/checks/load_good.hpp"

namespace hairpin::checks {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Load, PassesWhenEveryRuleIsKept) {
  const auto finding = verdict(good());
  EXPECT_EQ(finding.verdict, Verdict::pass);
  EXPECT_THAT(finding.observed, HasSubstr("0 of 10000 failed"));
  EXPECT_THAT(finding.observed, HasSubstr("not demonstrated"));
  EXPECT_EQ(finding.subject.source, "client1");
  EXPECT_EQ(finding.attempts, 10'000U);
}

TEST(Load, SaysWhenTheRuleIsDemonstrated) {
  auto load = good();
  load.sustained.attempted = load.sustained.completed = 299'572;
  EXPECT_THAT(verdict(load).observed, Not(HasSubstr("not demonstrated")));
  load.sustained.attempted = load.sustained.completed = 299'571;
  EXPECT_THAT(verdict(load).observed, HasSubstr("not demonstrated"));
}

TEST(Load, FailsForFailuresOfEveryKind) {
  for (const auto kind : {&LoadFailures::reset, &LoadFailures::timed_out, &LoadFailures::status, &LoadFailures::tls}) {
    auto load = good();
    load.sustained.failed.*kind = 1;
    --load.sustained.completed;
    EXPECT_EQ(verdict(load).cause, "load.failures");
    EXPECT_EQ(verdict(load).failed, 1U);
  }
  auto shed = good();
  shed.sustained.shed = 1;
  --shed.sustained.completed;
  EXPECT_EQ(verdict(shed).cause, "load.failures");
  auto resets = good();
  resets.sustained.resets = 1;
  EXPECT_EQ(verdict(resets).cause, "load.failures");
}

TEST(Load, FailsForOneAnswerOfSomebodyElse) {
  auto load = good();
  load.counts = load.sustained;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.counts.failed.foreign = 1;  // also in a ramp
  EXPECT_EQ(verdict(load).cause, "load.foreign-answers");
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
  load.stopped = "somebody who is no responder of this run answers";  // which is why
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
}

TEST(Load, GrantsWhatTheRuleGrants) {
  auto load = good();
  load.sustained.attempted = 1'000'000;
  load.sustained.completed = 999'991;
  load.sustained.failed.reset = 9;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.sustained.failed.reset = 10;
  load.sustained.completed = 999'990;
  EXPECT_EQ(verdict(load).verdict, Verdict::fail);
  load.sustained.failed.reset = 1;
  load.sustained.completed = 999'999;
  EXPECT_EQ(verdict(load, {0, 0, 0.05, 0.1}).verdict, Verdict::fail);
}

TEST(Load, IsInconclusiveWhereTheGeneratorWasTheLimit) {
  const auto cause = [](auto change) {
    auto load = good();
    change(load);
    const auto finding = verdict(load);
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_NE(finding.reason, "");
    EXPECT_NE(finding.next_step, "");
    return finding.cause;
  };
  constexpr const char* kLimited = "load.generator-limited";
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.cpu = 17s; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.lateness_us = 1'001; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.no_port = 1; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.no_descriptor = 1; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.no_memory = 1; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.held_back = 1; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.health.error = "could not wait"; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.stopped = "a source was lost"; }), kLimited);
  EXPECT_EQ(cause([](LoadObservation& load) { load.sustained.completed -= 1; }), kLimited);  // one is missing
  EXPECT_EQ(cause([](LoadObservation& load) { load.sustained = {}; }), kLimited);
}

/// One that cannot follow hides in the sum of two.
TEST(Load, IsInconclusiveWhereTheBusiestThreadWasTheLimit) {
  auto slow = good(), idle = good();
  slow.health.threads = idle.health.threads = 1;
  slow.health.cpu = slow.health.busiest = 9s;
  idle.health.cpu = idle.health.busiest = 3s;
  slow.shape.arrivals = idle.shape.arrivals = Arrivals::closed;
  const auto both = merged({slow, idle});
  EXPECT_EQ(verdict(both).cause, "load.generator-limited");
  EXPECT_THAT(verdict(both).reason, HasSubstr("90 %"));
  slow.health.cpu = slow.health.busiest = 7s;
  EXPECT_EQ(limit_of(merged({slow, idle})), "");
}

/// Eight threads on two CPUs use a quarter of their time each when the CPUs are full.
TEST(Load, IsInconclusiveWhereThreadsHaveTooFewCpus) {
  auto load = good();
  load.shape.arrivals = Arrivals::closed;
  load.health.threads = 8;
  load.health.cpu = 18s;
  load.health.busiest = 3s;
  count_cpus(load.health, 8);
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  count_cpus(load.health, 0);
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  count_cpus(load.health, 2);
  EXPECT_EQ(verdict(load).cause, "load.generator-limited");
  EXPECT_THAT(verdict(load).reason, HasSubstr("90 %"));
}

TEST(Load, NeverFailsTheNetworkForALimitOfTheGenerator) {
  auto load = good();
  load.sustained.failed.no_port = 100;
  load.sustained.completed -= 100;
  load.health.no_port = 100;
  EXPECT_EQ(verdict(load).verdict, Verdict::inconclusive);
}

TEST(Load, GrantsATenthOfTheTimeBetweenSlowArrivals) {
  auto load = good();
  load.shape.rate = 10;
  load.health.lateness_us = 9'000;
  EXPECT_EQ(limit_of(load), "");
  load.health.lateness_us = 11'000;
  EXPECT_NE(limit_of(load), "");
}

TEST(Load, IsInconclusiveWhereTheRateWasNotSteady) {
  auto load = good();
  load.seconds[6].completed = 930;
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
  EXPECT_EQ(verdict(load).verdict, Verdict::inconclusive);
  load.seconds[6].completed = 960;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

TEST(Load, DoesNotLookAtTheSecondsThatAreCut) {
  auto load = good();
  load.seconds[2].completed = 500;
  load.seconds.back().completed = 20;
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
  load.shape.phases = {500ms, 2s, 9s, 0ms};  // from 2.5 to 11.5 s
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

TEST(Load, GrantsChanceWhatItMakesOfPoissonArrivals) {
  auto load = good();
  for (auto& second : load.seconds) second.attempted = second.completed = 100;
  load.seconds[5].completed = 120;  // two standard deviations
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
  load.shape.arrivals = Arrivals::poisson;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

TEST(Load, WantsConcurrentConnectionsToStayWhateverTheirRate) {
  auto load = good();
  load.seconds[6].open = 70;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.shape.test = LoadTest::concurrent;
  EXPECT_EQ(verdict(load).cause, "load.unsteady");
  EXPECT_THAT(verdict(load).expected, HasSubstr("open connections hold to 10 %"));
  load.seconds[6].open = 46;
  load.seconds[6].completed = 300;  // its think time makes that uneven
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

TEST(Load, DoesNotPassWhereNobodyCanTellWhetherItWasSteady) {
  auto load = good();
  load.seconds.resize(2 + 4);
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.seconds.resize(2 + 3);
  EXPECT_EQ(verdict(load).verdict, Verdict::inconclusive);
  EXPECT_THAT(verdict(load).reason, HasSubstr("fewer than 4 whole seconds"));
  EXPECT_FALSE(outcome_of(load, {}).is_kept);  // nor does a trial
  EXPECT_TRUE(outcome_of(load, {}).is_limited);
  auto slow = good();
  for (auto& second : slow.seconds) second.attempted = second.completed = second.second % 2;
  EXPECT_EQ(verdict(slow).verdict, Verdict::inconclusive);
  EXPECT_THAT(verdict(slow).reason, HasSubstr("less than one transaction a second"));
}

TEST(Load, HasOnlyALowerBoundWhereTheSearchEndedAtTheGenerator) {
  static const Topology topology;
  const auto finding = judge_load({topology, good(), {}, {}, served_all(good()), 1000, "its threads used 90 % of their CPUs"}).front();
  EXPECT_EQ(finding.cause, "load.generator-limited");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.summary, HasSubstr("at least 1000/s"));
  auto failing = good();
  failing.sustained.failed.reset = 10;
  failing.sustained.completed -= 10;
  EXPECT_EQ(judge_load({topology, failing, {}, {}, {}, 1000, "x"}).front().verdict, Verdict::fail);
}

TEST(Load, IsNoAnswerToResumeWhereNothingWasResumed) {
  auto load = good();
  load.tls.emplace();
  load.shape.resumes = true;
  EXPECT_EQ(verdict(load).verdict, Verdict::inconclusive);
  EXPECT_THAT(verdict(load).summary, HasSubstr("no TLS session was resumed"));
  load.sustained.resumed = 1;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.sustained.resumed = 0;
  load.shape.resumes = false;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
}

TEST(Load, IsInconclusiveWhereAResponderWasTheLimit) {
  static const Topology topology;
  auto load = good();
  load.sustained.failed.timed_out = 10;  // its fault, for all that is known
  load.sustained.completed -= 10;
  load.counts = load.sustained;
  ServedLoad served;
  served.member = "oc01";
  served.connections = load.counts.connections;
  served.answered = load.counts.completed;
  served.cpu_share = 0.91;
  const auto finding = judge_load({topology, load, {}, {}, {served}}).front();
  EXPECT_EQ(finding.cause, "load.responder-limited");
  EXPECT_THAT(finding.reason, HasSubstr("oc01 used 91 %"));
  EXPECT_TRUE(outcome_of(good(), {}, {served}).is_limited);
  served.cpu_share = 0.89;
  EXPECT_EQ(judge_load({topology, load, {}, {}, {served}}).front().cause, "load.failures");
  EXPECT_TRUE(outcome_of(good(), {}, {served}).is_kept);
}

TEST(Load, IsInconclusiveWhereAResponderCouldNotTakeConnections) {
  static const Topology topology;
  auto load = good();
  load.sustained.failed.timed_out = 1'000;
  load.sustained.completed -= 1'000;
  load.counts = load.sustained;
  ServedLoad served;
  served.member = "oc01";
  served.connections = load.counts.connections;
  served.answered = load.counts.completed;
  EXPECT_EQ(judge_load({topology, load, {}, {}, {served}}).front().cause, "load.failures") << "a bundle of before says nothing of it";
  served.refused = served.no_descriptor = 0;
  EXPECT_EQ(judge_load({topology, load, {}, {}, {served}}).front().cause, "load.failures");
  served.no_descriptor = 1;
  auto finding = judge_load({topology, load, {}, {}, {served}}).front();
  EXPECT_EQ(finding.cause, "load.responder-limited");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.reason, HasSubstr("oc01 had no file left for connections, 1 times"));
  served.no_descriptor = 0;
  served.refused = 3;
  finding = judge_load({topology, load, {}, {}, {served}}).front();
  EXPECT_EQ(finding.cause, "load.responder-limited");
  EXPECT_THAT(finding.reason, HasSubstr("oc01 refused 3 connections"));
}

TEST(Load, CountsResetsAmongTheConnectionsThatCouldHaveThem) {
  auto load = good();  // few were opened in the phase, many lived in it
  load.sustained.established = 0;
  load.sustained.alive = 1'000'000;
  load.sustained.resets = 9;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  load.sustained.resets = 10;
  EXPECT_THAT(verdict(load).observed, HasSubstr("10 of 1000000 connections were reset"));
}

TEST(Load, CountsConnectionsOnWhichSomethingCameThatNobodyAskedFor) {
  auto load = good();
  load.sustained.alive = 1'000'000;
  load.sustained.unasked = 9;
  EXPECT_EQ(verdict(load).verdict, Verdict::pass);
  EXPECT_EQ(verdict(load, {0, 0, 0.05, 0.1}).verdict, Verdict::fail);
  load.sustained.unasked = 10;
  EXPECT_EQ(verdict(load).cause, "load.failures");
  EXPECT_THAT(verdict(load).observed, HasSubstr("on 10 of 1000000 connections something came that nobody had asked for"));
}

TEST(Load, TellsTheShareOfEachMember) {
  const auto findings = judged(good());
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[1].verdict, Verdict::info);
  EXPECT_EQ(findings[1].subject.member, "oc01");
  EXPECT_THAT(findings[1].summary, HasSubstr("60.0 %"));
  EXPECT_NE(findings[1].id, findings[2].id);
}

TEST(Load, ComparesTheAccountsOfBothEnds) {
  auto load = good();
  load.counts = load.sustained;
  load.counts.body_bytes = 10'240'000;
  ServedLoad one, other;
  one.answered = 6'000;
  one.body_bytes = 6'144'000;
  other.answered = 4'000;
  other.body_bytes = 4'096'000;
  EXPECT_EQ(disagreement(load, {one, other}), "");
  EXPECT_EQ(disagreement(load, {}), "");  // nobody said
  auto more = other;
  ++more.answered;
  EXPECT_NE(disagreement(load, {one, more}), "");
  EXPECT_NE(disagreement(load, {one}), "");
  auto shorter = other;
  --shorter.body_bytes;
  EXPECT_NE(disagreement(load, {one, shorter}), "");
  load.counts.failed.reset = 1;  // the answer was lost on the way, or never given
  EXPECT_EQ(disagreement(load, {one, more}), "");
  EXPECT_EQ(disagreement(load, {one, other}), "");
  static const Topology topology;
  const auto finding = judge_load({topology, good(), {}, {}, {one}}).front();
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_NE(finding.reason, "");
}

TEST(LoadOutcome, TellsASearchWhatToThinkOfATrial) {
  EXPECT_TRUE(outcome_of(good(), {}).is_kept);
  auto failing = good();
  failing.sustained.failed.closed = 5;
  failing.sustained.completed -= 5;
  EXPECT_FALSE(outcome_of(failing, {}).is_kept);
  EXPECT_FALSE(outcome_of(failing, {}).is_limited);
  auto limited = good();
  limited.health.cpu = 20s;
  EXPECT_TRUE(outcome_of(limited, {}).is_limited);
  EXPECT_FALSE(outcome_of(limited, {}).is_kept);
  auto stopped = good();
  stopped.stopped = "enough";
  EXPECT_TRUE(outcome_of(stopped, {}).is_limited);
}

TEST(UpperBound, IsThreeByNForNone) {
  EXPECT_NEAR(upper_bound(0, 300'000), 1e-5, 2e-8);
  EXPECT_EQ(upper_bound(0, 0), 1);
  EXPECT_NEAR(upper_bound(0, 1), 0.95, 1e-9);
  EXPECT_GT(upper_bound(5, 1000), 0.005);
  EXPECT_LT(upper_bound(5, 1000), 0.012);
}

TEST(MergedLoad, AddsWhatHostsSaw) {
  auto one = good(), other = good();
  other.host = "client2";
  other.members = {{"oc02", 5'000}, {"oc03", 5'000}};
  other.health.lateness_us = 900;
  other.health.no_memory = 2;
  other.seconds.pop_back();
  one.shape.sources = {*parse_address("10.137.1.10")};
  other.shape.sources = {*parse_address("10.137.1.11")};
  Histogram fast, slow;
  fast.record(1ms, 99);
  slow.record(100ms, 1);
  one.times.response = fast.encode();
  other.times.response = slow.encode();
  const auto whole = merged({one, other});
  EXPECT_EQ(whole.host, "client1+client2");
  EXPECT_EQ(whole.sustained.completed, 20'000U);
  EXPECT_EQ(whole.shape.rate, 2000);
  EXPECT_EQ(whole.health.lateness_us, 900);
  EXPECT_EQ(whole.health.no_memory, 2U);
  EXPECT_EQ(whole.health.threads, 4U);
  EXPECT_EQ(addresses_text(whole.shape.sources), "10.137.1.10, 10.137.1.11");
  ASSERT_EQ(whole.seconds.size(), 12U);
  EXPECT_EQ(whole.seconds[5].completed, 2000U);
  EXPECT_EQ(whole.seconds[11].completed, 1000U);
  const std::vector<MemberShare> shares{{"oc01", 6'000}, {"oc02", 9'000}, {"oc03", 5'000}};
  EXPECT_EQ(whole.members, shares);
  const auto all = Histogram::decode(whole.times.response);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->count(), 100U);
  EXPECT_EQ(all->percentile(100), slow.percentile(100));
  EXPECT_EQ(whole.health.error, "");
}

TEST(MergedLoad, SaysWhoseHistogramCannotBeRead) {
  auto one = good(), other = good();
  one.times.response = Histogram().encode();
  other.times.response = "no histogram";
  EXPECT_NE(limit_of(merged({one, other})), "");
}

TEST(MergedLoad, IsStoppedWithOneOfThem) {
  auto one = good(), other = good();
  other.stopped = "enough";
  EXPECT_THAT(merged({one, other}).stopped, HasSubstr("enough"));
}

}  // namespace
}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/schedule.hpp"

#include <gmock/gmock.h>

#include "trips.hpp"

namespace hairpin {
namespace {

using test::plan_of;
using test::Trips;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

const std::set<std::string> kAble{"client1", "oc01", "oc02"};

std::optional<Round> next(const Plan& plan, const Trips& trips, std::uint32_t number) {
  return next_round(plan, tally(plan, trips.all), number, kAble, 1);
}

TEST(Schedule, BeginsWithThreeAttemptsForEachMemberFromAllSourcesBesideEachOther) {
  const auto plan = plan_of({"client1", "oc01"}, {"oc01", "oc02"});
  const auto round = next(plan, {}, 1);
  ASSERT_TRUE(round);
  EXPECT_FALSE(round->is_exclusive);
  EXPECT_THAT(round->bursts, UnorderedElementsAre(Burst{0, 6}, Burst{1, 6}));
}

TEST(Schedule, CountsNoQuestionAboutTlsAsATrip) {
  auto plan = plan_of({"client1"}, {"oc01"});
  plan.directs = {{"client1", "pool01", "mcu", "oc01", test::at("10.137.2.21:444")}};
  Trips trips;
  trips.add_question("client1", "oc01");
  trips.add_question("client1", "oc01", &plan.directs[0]);
  const auto seen = tally(plan, trips.all);
  EXPECT_EQ(seen.sources[0].attempts, 0U);
  EXPECT_EQ(seen.directs[0].attempts, 0U);
}

TEST(Schedule, LeavesOutSourcesThatAreSkippedOrHaveNoAgent) {
  auto plan = plan_of({"client1", "oc01", "oc09"}, {"oc01", "oc02"});
  plan.sources[0].skip_reason = "frozen";
  const auto round = next(plan, {}, 1);
  ASSERT_TRUE(round);
  EXPECT_THAT(round->bursts, ElementsAre(Burst{1, 6}));
}

TEST(Schedule, EndsWhenEveryPairHasThreeEqualTrips) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 3; ++i) {
    trips.add("client1", "oc01", End::answered, i * 200);
    trips.add("client1", "oc02", End::answered, i * 200 + 100);
  }
  EXPECT_FALSE(next(plan, trips, 2));
}

TEST(Schedule, GoesOnAloneWithASourceThatASharedRotorLockedToOneMember) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 6; ++i) trips.add("client1", "oc01", End::answered, i * 100);
  const auto second = next(plan, trips, 2);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->is_exclusive);
  EXPECT_THAT(second->bursts, ElementsAre(Burst{0, 5}));  // 11 attempts miss one of two with p < 0.1 %
}

TEST(Schedule, GivesUpAMemberThatTheBudgetDidNotShow) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 10; ++i) trips.add("client1", "oc01", End::answered, i * 100);
  const auto last = next(plan, trips, 3);
  ASSERT_TRUE(last);
  EXPECT_THAT(last->bursts, ElementsAre(Burst{0, 1}));
  trips.add("client1", "oc01", End::answered, 1000);
  const auto held = next(plan, trips, 4);  // least connections chooses another member while these stay open
  ASSERT_TRUE(held);
  EXPECT_THAT(held->bursts, ElementsAre(Burst{0, 2, kHold}));
  for (int i = 0; i < 2; ++i) trips.add("client1", "oc01", End::answered, 1100 + i * 100);
  EXPECT_FALSE(next(plan, trips, 5));
}

TEST(Schedule, TestsIdleTimeWhenNothingElseIsLeft) {
  auto plan = plan_of({"client1", "oc01"}, {"oc01"});
  plan.idles = {{0, milliseconds(5'000)}, {1, milliseconds(5'000)}};
  EXPECT_TRUE(next(plan, {}, 1)->idles.empty());
  Trips trips;
  for (const auto* source : {"client1", "oc01"})
    for (int i = 0; i < 3; ++i) trips.add(source, "oc01", End::answered, i * 100);
  const auto last = next(plan, trips, 2);
  ASSERT_TRUE(last);
  EXPECT_THAT(last->idles, ElementsAre(0, 1));
  EXPECT_TRUE(last->bursts.empty());
  trips.add_idle("client1", "oc01", End::answered, 400);
  trips.add_idle("oc01", "oc01", End::reset, 400);
  EXPECT_THAT(next(plan, trips, 3)->idles, ElementsAre(1)) << "what failed is tried once more";
  trips.add_idle("oc01", "oc01", End::reset, 9'000);
  EXPECT_FALSE(next(plan, trips, 4));
}

TEST(Schedule, TestsIdleTimeAlsoAfterTheLastRound) {
  auto plan = plan_of({"client1"}, {"oc01"});
  plan.idles = {{0, milliseconds(5'000)}};
  ASSERT_TRUE(next(plan, {}, kMostRounds + 1));
  EXPECT_THAT(next(plan, {}, kMostRounds + 1)->idles, ElementsAre(0));
}

TEST(Schedule, DoesNotCountATestOfIdleTimeAsATripOfItsPair) {
  const auto plan = plan_of({"client1"}, {"oc01"});
  Trips trips;
  trips.add_idle("client1", "oc01", End::reset, 0);
  EXPECT_EQ(tally(plan, trips.all).sources[0].attempts, 0U);
}

TEST(Schedule, AProxysHandshakeThatAThirdAddressFollowsHasFailed) {
  Trips trips;
  const PacketObservation packet;
  auto& shallow = trips.add("oc01", "oc02", End::answered, 0);
  shallow.third_address = &packet;
  EXPECT_FALSE(outcome_of(shallow).has_failed()) << "the request was answered";
  auto probe = *shallow.probe;
  probe.depth = Depth::tcp;
  shallow.probe = &probe;
  EXPECT_TRUE(outcome_of(shallow).has_failed());
}

TEST(Schedule, ProbesAFailingPairOnceMoreASecondLater) {
  const auto plan = plan_of({"oc01"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 3; ++i) {
    trips.add("oc01", "oc02", End::decided, i * 200);
    trips.add("oc01", "oc01", End::decided, i * 200 + 100);
  }
  auto later = next(plan, trips, 2);
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->is_exclusive);
  EXPECT_THAT(later->bursts, ElementsAre(Burst{0, 2}));
  EXPECT_EQ(later->pause,
            milliseconds(590));  // the later of the two first failures, the end of the last trip
  trips.add("oc01", "oc02", End::decided, 1100);
  trips.add("oc01", "oc01", End::decided, 1200);
  EXPECT_FALSE(next(plan, trips, 3));
}

TEST(Schedule, DoesNotConfirmWhatSucceeded) {
  PairTally pair;
  Trips trips;
  pair.add(trips.add("oc01", "oc02", End::answered, 0));
  EXPECT_FALSE(pair.needs_confirming());
  pair.add(trips.add("oc01", "oc02", End::reset, 100));
  EXPECT_TRUE(pair.needs_confirming());
  pair.add(trips.add("oc01", "oc02", End::answered, 1099));
  EXPECT_TRUE(pair.needs_confirming());
  pair.add(trips.add("oc01", "oc02", End::answered, 1100));
  EXPECT_FALSE(pair.needs_confirming());
}

TEST(Schedule, SettlesASourceWhoseTripsAreAllSilentAfterThree) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02", "oc03"});
  Trips trips;
  for (int i = 0; i < 2; ++i) trips.add("client1", "", End::silent, i * 1600, 1500);
  EXPECT_TRUE(next(plan, trips, 2));
  trips.add("client1", "", End::silent, 3200, 1500);
  EXPECT_FALSE(next(plan, trips, 2));
}

TEST(Schedule, CoversMembersThatNobodyNames) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 6; ++i) trips.add("client1", "", End::answered, i * 100);
  const auto second = next(plan, trips, 2);
  ASSERT_TRUE(second);
  EXPECT_THAT(second->bursts, ElementsAre(Burst{0, 5}));
  for (int i = 0; i < 5; ++i) trips.add("client1", "", End::answered, 600 + i * 100);
  EXPECT_FALSE(next(plan, trips, 3));
}

TEST(Schedule, AsksARefusingVipOnceMoreLater) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 6; ++i) trips.add("client1", "", End::refused, i * 100, 1);
  const auto later = next(plan, trips, 2);
  ASSERT_TRUE(later);
  EXPECT_THAT(later->bursts, ElementsAre(Burst{0, 1}));
  EXPECT_EQ(later->pause, milliseconds(499));
}

TEST(Schedule, TellsThirdAddressAndSelfHairpinApart) {
  Trips trips;
  const PacketObservation packet;
  auto& third = trips.add("oc01", "oc02", End::decided, 0);
  third.third_address = &packet;
  const auto outcome = outcome_of(third);
  auto& closed = trips.add("oc01", "oc02", End::closed, 0);
  closed.third_address = &packet;
  EXPECT_EQ(outcome, outcome_of(closed));  // how the probe learnt of it does not matter
  auto& came_back = trips.add("oc01", "oc01", End::decided, 0);
  came_back.came_back = &packet;
  EXPECT_NE(outcome, outcome_of(came_back));
  auto& answered = trips.add("oc01", "oc02", End::answered, 0);
  EXPECT_FALSE(outcome_of(answered).has_failed());
}

TEST(Schedule, SettlesAMixedPairAfterSixTrips) {
  PairTally pair;
  Trips trips;
  const End ends[] = {End::answered, End::reset, End::silent, End::answered, End::reset, End::silent};
  for (int i = 0; i < 5; ++i) pair.add(trips.add("oc01", "oc02", ends[i], i * 100));
  EXPECT_FALSE(pair.is_settled());
  pair.add(trips.add("oc01", "oc02", ends[5], 500));
  EXPECT_TRUE(pair.is_settled());
}

TEST(Schedule, MakesOneControlTripAndASecondWhereTheFirstFailed) {
  auto plan = plan_of({"oc01"}, {"oc02"});
  plan.directs.push_back({"oc01", "pool01", "mcu", "oc02", test::at("10.137.2.22:444")});
  Trips trips;
  EXPECT_THAT(next(plan, trips, 1)->directs, ElementsAre(0));
  for (int i = 0; i < 3; ++i) trips.add("oc01", "oc02", End::answered, i * 100);
  trips.add_direct(plan.directs[0], End::silent, 300);
  ASSERT_TRUE(next(plan, trips, 2));
  EXPECT_THAT(next(plan, trips, 2)->directs, ElementsAre(0));
  trips.add_direct(plan.directs[0], End::silent, 400);
  EXPECT_FALSE(next(plan, trips, 3));
}

TEST(Schedule, DoesNotCountControlTripsAsTripsThroughTheVip) {
  auto plan = plan_of({"oc01"}, {"oc02"});
  plan.directs.push_back({"oc01", "pool01", "mcu", "oc02", test::at("10.137.2.22:444")});
  Trips trips;
  trips.add_direct(plan.directs[0], End::answered, 0);
  const auto seen = tally(plan, trips.all);
  EXPECT_EQ(seen.sources[0].attempts, 0U);
  EXPECT_EQ(seen.directs[0].attempts, 1U);
}

TEST(Schedule, EndsABurstEarlyThatOnlyCostsTime) {
  std::vector<ProbeObservation> burst(3);
  for (auto& probe : burst) {
    probe.end = End::silent;
    probe.ended = probe.started + milliseconds(1500);
  }
  EXPECT_TRUE(ends_early(burst));
  EXPECT_FALSE(ends_early(std::span(burst).first(2)));
  burst[1].end = End::answered;
  EXPECT_FALSE(ends_early(burst));
  for (auto& probe : burst) probe.end = End::decided, probe.ended = probe.started + milliseconds(40);
  EXPECT_FALSE(ends_early(burst));
}

TEST(Schedule, GoesOnLongerWithABurstOfWhichSomethingWasAnswered) {
  std::vector<ProbeObservation> burst(4);
  for (auto& probe : burst) {
    probe.end = End::silent;
    probe.ended = probe.started + milliseconds(1000);
  }
  EXPECT_TRUE(ends_early(burst));
  burst[3].end = End::answered;
  EXPECT_FALSE(ends_early(burst));
}

TEST(Schedule, TriesAPairUntilThreeTripsAreEqual) {
  const auto plan = plan_of({"client1"}, {"oc01", "oc02"});
  Trips trips;
  for (int i = 0; i < 5; ++i) trips.add("client1", i < 3 ? "oc01" : "oc02", End::answered, i * 100);
  const auto second = next(plan, trips, 2);
  ASSERT_TRUE(second);
  EXPECT_THAT(second->bursts, ElementsAre(Burst{0, 2}));
}

TEST(Schedule, EndsAfterTheLastRound) {
  EXPECT_TRUE(next(plan_of({"client1"}, {"oc01"}), {}, kMostRounds));
  EXPECT_FALSE(next(plan_of({"client1"}, {"oc01"}), {}, kMostRounds + 1));
}

TEST(Schedule, OrdersSourcesByTheSeedAndAlwaysTheSameWay) {
  const auto plan = plan_of({"client1", "oc01", "oc02"}, {"oc01", "oc02"});
  const auto seen = tally(plan, {});
  std::set<std::vector<Burst>> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto once = next_round(plan, seen, 1, kAble, seed)->bursts;
    EXPECT_EQ(once, next_round(plan, seen, 1, kAble, seed)->bursts);
    orders.insert(once);
  }
  EXPECT_GT(orders.size(), 1U);
}

TEST(QuestionsAboutTls, StayFewWhateverTheSizeOfThePool) {
  EXPECT_EQ(session_rounds(1), 1u);
  EXPECT_EQ(session_rounds(2), 2u);
  EXPECT_EQ(session_rounds(7), 7u);
  EXPECT_EQ(session_rounds(10), 5u) << "of eleven connections each";
  EXPECT_EQ(session_rounds(100), 1u);
  EXPECT_EQ(sharing_rounds(2, 3), 3u);
  EXPECT_EQ(sharing_rounds(100, 4), 15u);
  EXPECT_EQ(sharing_rounds(2, 100), 1u);
}

}  // namespace
}  // namespace hairpin

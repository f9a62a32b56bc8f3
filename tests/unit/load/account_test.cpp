// SPDX-License-Identifier: Apache-2.0
#include "probe/load/account.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace hairpin::probe::load {
namespace {

using namespace std::chrono_literals;

LoadShape shape() {
  LoadShape shape;
  shape.phases = {0ms, 1'000ms, 3'000ms, 1'000ms};
  shape.limit = 2'000ms;
  return shape;
}

/// An answer of a connection that was opened at 10 s, due then, begun 3 ms later.
Connection answered(std::string_view member, bool is_measured) {
  Connection connection;
  connection.is_measured = is_measured;
  connection.is_first = true;
  connection.due = connection.opened = SteadyTime(10s);
  connection.begun = connection.due + 3ms;
  connection.response.begin();
  const auto text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nHairpin-Member: " + std::string(member) + "\r\n\r\nab";
  std::string_view bytes = text;
  connection.response.put(bytes);
  return connection;
}

TEST(LoadAccount, MeasuresFromWhenATransactionWasDueAndFromWhenItWasBegun) {
  Account account(shape());
  account.completed(answered("oc01", true), SteadyTime(10s + 10ms));
  EXPECT_NEAR(static_cast<double>(account.response.most().count()), 10e6, 1e4);
  EXPECT_NEAR(static_cast<double>(account.service.most().count()), 7e6, 1e4);
}

TEST(LoadAccount, KeepsWhatIsNotOfTheSustainPhaseOutOfTheHistograms) {
  Account account(shape());
  account.attempted(false, {});
  account.completed(answered("oc01", false), SteadyTime(11s));
  account.timed_out(false, 2s);
  EXPECT_TRUE(account.response.is_empty());
  EXPECT_TRUE(account.members.empty());
  LoadObservation load;
  account.add_to(load);
  EXPECT_EQ(load.counts.completed, 1U);
  EXPECT_EQ(load.sustained, LoadTally());
}

/// A generator that is late in the ramp makes failures of what is due in it, and later ones.
TEST(LoadAccount, KeepsTheLatenessOfTheRamp) {
  Account account(shape());
  account.attempted(false, 5ms);
  account.attempted(true, 1ms);
  account.attempted(true, {});  // a closed loop
  EXPECT_EQ(account.lateness.count(), 2U);
  EXPECT_GE(account.lateness.most(), 5ms);
}

TEST(LoadAccount, TellsWhatTheHostOfTheGeneratorLacks) {
  for (const int error : {ENOBUFS, ENOMEM, ENOSPC}) EXPECT_EQ(Account::kind_of(error), &LoadFailures::no_memory) << error;
  for (const int error : {EMFILE, ENFILE}) EXPECT_EQ(Account::kind_of(error), &LoadFailures::no_descriptor) << error;
  EXPECT_EQ(Account::kind_of(EADDRNOTAVAIL), &LoadFailures::no_port);
  EXPECT_EQ(Account::kind_of(ENETUNREACH), &LoadFailures::unreachable);
  EXPECT_EQ(Account::kind_of(EINVAL), &LoadFailures::other);
}

TEST(LoadAccount, CountsWhatNobodyAskedForBesideTheTransactions) {
  Account account(shape());
  Connection before, within;
  account.alive(within);
  account.unasked(before, "an alert");
  account.unasked(within, "bytes");
  EXPECT_EQ(account.outside.unasked, 1U);
  EXPECT_EQ(account.sustained.unasked, 1U);
  EXPECT_TRUE(account.sustained.is_settled());
  EXPECT_EQ(account.first_failure, "an alert");
}

TEST(LoadAccount, PutsTimeoutsIntoTheHistogramWithTheLimit) {
  Account account(shape());
  account.attempted(true, 0ns);
  account.timed_out(true, 2s);
  EXPECT_EQ(account.response.count(), 1U);
  EXPECT_EQ(account.service.count(), 1U);
  EXPECT_GE(account.response.most(), 2s);
  EXPECT_EQ(account.sustained.failed.timed_out, 1U);
  EXPECT_TRUE(account.sustained.is_settled());
}

TEST(LoadAccount, CountsResetsAmongTheConnectionsThatLivedInThePhase) {
  Account account(shape());
  Connection before, within;
  account.was_reset(before);  // gone before it began
  account.alive(within);
  account.alive(within);  // at the beginning, and again when it was established just then
  within.is_measured = false;  // its last transaction was due later: still one of them
  account.was_reset(within);
  EXPECT_EQ(account.sustained.alive, 1U);
  EXPECT_EQ(account.sustained.resets, 1U);
  EXPECT_EQ(account.outside.resets, 1U);
}

TEST(LoadAccount, CountsEveryTransactionOnce) {
  Account account(shape());
  for (int i = 0; i < 6; ++i) account.attempted(true, {});
  account.completed(answered("a", true), SteadyTime(11s));
  account.failed(true, &LoadFailures::reset, "first words");
  account.failed(true, &LoadFailures::no_port, "second words");
  account.shed(true);
  account.timed_out(true, 1s);
  EXPECT_FALSE(account.sustained.is_settled());
  account.shed(true);
  EXPECT_TRUE(account.sustained.is_settled());
  EXPECT_EQ(account.sustained.failed.total(), 3U);
  EXPECT_EQ(account.first_failure, "first words");
}

TEST(LoadAccount, SharesByTheNameInTheAnswer) {
  Account account(shape());
  for (const auto* const name : {"oc01", "oc02", "oc01", "", "oc01"}) account.completed(answered(name, true), SteadyTime(11s));
  LoadObservation load;
  account.add_to(load);
  account.add_to(load);
  const std::vector<MemberShare> expected{{"oc01", 6}, {"oc02", 2}, {"", 2}};
  EXPECT_EQ(load.members, expected);
}

TEST(LoadAccount, StopsNamingWhereThereAreTooManyNames) {
  Account account(shape());
  for (int i = 0; i < 200; ++i) account.completed(answered("m" + std::to_string(i), true), SteadyTime(11s));
  EXPECT_LE(account.members.size(), Account::kMostMembers + 1);
}

TEST(LoadAccount, PublishesSecondsThatAreOver) {
  Account account(shape());
  account.attempted(false, {});
  account.roll(999ms, 7);
  EXPECT_EQ(account.published(), 0U);
  account.completed(answered("a", false), SteadyTime(10s + 50ms));
  account.roll(1000ms, 7);
  ASSERT_EQ(account.published(), 1U);
  EXPECT_EQ(account.second(0).phase, LoadPhase::ramp_up);
  EXPECT_EQ(account.second(0).open, 7U);
  EXPECT_EQ(account.second(0).completed, 1U);
  EXPECT_EQ(account.second(0).most_us, 50'015);
  account.roll(3500ms, 2);
  ASSERT_EQ(account.published(), 3U);
  EXPECT_EQ(account.second(2).phase, LoadPhase::sustain);
  EXPECT_EQ(account.second(2).completed, 0U);
  EXPECT_EQ(account.second(2).most_us, 0);
}

TEST(LoadAccount, RollsOnBeyondItsLastSecond) {
  Account account(shape());
  account.roll(1h, 0);
  EXPECT_GE(account.published(), 6U);
  EXPECT_LT(account.published(), 20U);
}

TEST(LoadTally, AddsEveryCounter) {
  LoadTally one, sum;
  one.attempted = 5;
  one.failed.reset = 2;
  one.body_bytes = 7;
  one.resets = 1;
  sum.add(one);
  sum.add(one);
  EXPECT_EQ(sum.attempted, 10U);
  EXPECT_EQ(sum.failed.reset, 4U);
  EXPECT_EQ(sum.body_bytes, 14U);
  EXPECT_EQ(sum.resets, 2U);
}

}  // namespace
}  // namespace hairpin::probe::load

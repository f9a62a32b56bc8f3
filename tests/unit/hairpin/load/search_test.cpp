// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using namespace std::chrono_literals;

/// Searches a network that carries `capacity`; the generator goes to `generator`.
LoadSearch searched(double most, double capacity, double generator = 1e9) {
  LoadSearch search(most);
  while (const auto rate = search.next()) {
    const bool is_limited = *rate > generator;
    const auto p99 = *rate > capacity / 2 ? 50ms : 10ms;
    search.put({*rate, *rate <= capacity && !is_limited, is_limited, p99, is_limited ? "no CPU" : ""});
  }
  return search;
}

TEST(LoadSearch, FindsTheHighestRateToTwoPercent) {
  for (const double capacity : {37.0, 333.3, 4999.0, 700.0, 9000.0}) {
    const auto search = searched(10'000, capacity);
    EXPECT_LE(search.highest_kept(), capacity);
    EXPECT_GE(search.highest_kept(), capacity < 100 ? 0 : capacity * 0.97) << capacity;
    EXPECT_LE(search.trials().size(), 16U);
  }
}

TEST(LoadSearch, StopsAtWhatIsWantedAtMost) {
  const auto search = searched(1'000, 5'000);
  EXPECT_EQ(search.highest_kept(), 1'000);
  EXPECT_EQ(search.trials().size(), 4U);
  EXPECT_EQ(search.limit(), "");
}

TEST(LoadSearch, FindsNothingWhereNotEvenTheFirstStepIsKept) {
  const auto search = searched(1'000, 1);
  EXPECT_EQ(search.highest_kept(), 0);
  EXPECT_EQ(search.trials().size(), 1U);
}

TEST(LoadSearch, SaysWhenTheGeneratorWasTheLimit) {
  const auto search = searched(1'000, 900, 400);
  EXPECT_EQ(search.limit(), "no CPU");
  EXPECT_LE(search.highest_kept(), 400);
  EXPECT_EQ(searched(1'000, 400, 900).limit(), "");
}

TEST(LoadSearch, MakesATrialOnceMoreThatTellsNothing) {
  LoadSearch search(100);
  const auto limited = [](double rate) { return LoadSearch::Trial{rate, true, true, 90ms, "late"}; };
  const auto kept = [](double rate) { return LoadSearch::Trial{rate, true, false, 10ms, {}}; };
  EXPECT_EQ(search.next(), 1);
  search.put(limited(1));
  EXPECT_EQ(search.next(), 1);
  search.put(kept(1));
  EXPECT_EQ(search.next(), 10);
  search.put(kept(10));
  search.put(kept(50));
  EXPECT_EQ(search.next(), 100);
  search.put(limited(100));
  EXPECT_EQ(search.limit(), "") << "nobody knows yet";
  EXPECT_EQ(search.next(), 100);
  search.put({100, false, false, 90ms, "failures"});
  EXPECT_EQ(search.limit(), "");
  EXPECT_EQ(search.next(), 75);
  search.put(limited(75));
  search.put(limited(75));
  EXPECT_EQ(search.next(), 62.5) << "twice is enough";
  EXPECT_EQ(search.limit(), "late");
  EXPECT_EQ(search.highest_kept(), 50);
  EXPECT_EQ(search.knee(), 100) << "not 75, whose p99 is the generator's";
}

TEST(LoadSearch, GoesOnBelowWhatAHostDoesNotLend) {
  LoadSearch search(1'100);
  while (const auto rate = search.next()) {
    const bool is_beyond = *rate > 500;
    search.put({*rate, !is_beyond, is_beyond, {}, is_beyond ? "this host lends 500" : "", is_beyond});
  }
  EXPECT_GT(search.highest_kept(), 480);
  EXPECT_LE(search.highest_kept(), 500);
  EXPECT_EQ(search.limit(), "this host lends 500");
  for (std::size_t i = 1; i < search.trials().size(); ++i) EXPECT_NE(search.trials()[i].rate, search.trials()[i - 1].rate) << "asked for once";
}

TEST(LoadSearch, EndsThoughEveryTrialTellsNothing) {
  LoadSearch none(100);
  while (const auto rate = none.next()) none.put({*rate, false, true, {}, "late"});
  EXPECT_EQ(none.trials().size(), 2U);
  EXPECT_EQ(none.limit(), "late");
  EXPECT_EQ(none.highest_kept(), 0);
  LoadSearch every_other(10'000);
  bool is_limited = false;
  while (const auto rate = every_other.next()) {
    is_limited = !is_limited;
    every_other.put({*rate, !is_limited && *rate <= 4'999, is_limited, {}, is_limited ? "late" : "failures"});
  }
  EXPECT_EQ(every_other.trials().size(), 16U);
  EXPECT_LE(every_other.highest_kept(), 4'999);
  EXPECT_GE(every_other.highest_kept(), 0.9 * 4'999);
}

TEST(LoadSearch, FindsTheKneeWhereWaitingBegins) {
  const auto search = searched(1'000, 600);
  ASSERT_TRUE(search.knee());
  EXPECT_GT(*search.knee(), 300);
  EXPECT_LE(*search.knee(), 600);
  LoadSearch even(100);
  while (const auto rate = even.next()) even.put({*rate, true, false, 10ms, {}});
  EXPECT_FALSE(even.knee());
  EXPECT_EQ(even.knee_unknown(), "");
}

TEST(LoadSearch, LeavesOutStepsOfTooFewTransactions) {
  LoadSearch search(100, 2);
  EXPECT_EQ(search.next(), 10);  // not 1
  search.put({10, true, false, {}, {}});
  EXPECT_EQ(search.next(), 50);
  LoadSearch slow(1, 2);
  EXPECT_EQ(slow.next(), 1);  // what was asked for is made all the same
  slow.put({1, false, false, {}, "failures"});
  EXPECT_FALSE(slow.next());
  EXPECT_EQ(slow.highest_kept(), 0);
}

TEST(LoadSearch, DoesNotTakeTheP99OfAFewForAKnee) {
  LoadSearch search(100);
  while (const auto rate = search.next())
    search.put({*rate, true, false, *rate < 50 ? std::optional<nanoseconds>() : std::optional<nanoseconds>(50ms), {}});
  EXPECT_FALSE(search.knee());
  EXPECT_THAT(search.knee_unknown(), testing::HasSubstr("too few transactions"));
  EXPECT_THAT(LoadSearch(100).knee_unknown(), testing::HasSubstr("no load of a tenth"));
}

/// Where a tenth of the rate is already too much, the waiting may begin anywhere below it.
TEST(LoadSearch, DoesNotCompareWithALoadThatWasNotKept) {
  LoadSearch search(10'000);
  while (const auto rate = search.next()) search.put({*rate, *rate <= 500, false, *rate < 250 ? 2ms : 40ms, *rate <= 500 ? "" : "failures"});
  EXPECT_NEAR(search.highest_kept(), 500, 10);
  EXPECT_FALSE(search.knee());
  EXPECT_THAT(search.knee_unknown(), testing::HasSubstr("was not kept"));
  LoadSearch limited(100);
  while (const auto rate = limited.next()) limited.put({*rate, true, *rate == 10, 2ms, *rate == 10 ? "late" : ""});
  EXPECT_THAT(limited.knee_unknown(), testing::HasSubstr("was not kept"));
}

TEST(LoadSearch, DoesNotSayThatThereIsNoKneeWhereNothingWasCompared) {
  LoadSearch search(100);
  while (const auto rate = search.next()) search.put({*rate, true, *rate > 10, 2ms, *rate > 10 ? "late" : ""});
  EXPECT_FALSE(search.knee());
  EXPECT_THAT(search.knee_unknown(), testing::HasSubstr("no load above a tenth"));
}

}  // namespace
}  // namespace hairpin

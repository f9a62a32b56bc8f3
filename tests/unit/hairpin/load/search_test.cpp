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

}  // namespace
}  // namespace hairpin

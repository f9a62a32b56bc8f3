// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_search.hpp"

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
    search.put({*rate, *rate <= capacity && !is_limited, is_limited, p99, {}});
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
  EXPECT_FALSE(search.is_limited());
}

TEST(LoadSearch, FindsNothingWhereNotEvenTheFirstStepIsKept) {
  const auto search = searched(1'000, 1);
  EXPECT_EQ(search.highest_kept(), 0);
  EXPECT_EQ(search.trials().size(), 1U);
}

TEST(LoadSearch, SaysWhenTheGeneratorWasTheLimit) {
  const auto search = searched(1'000, 900, 400);
  EXPECT_TRUE(search.is_limited());
  EXPECT_LE(search.highest_kept(), 400);
  EXPECT_FALSE(searched(1'000, 400, 900).is_limited());
}

TEST(LoadSearch, FindsTheKneeWhereWaitingBegins) {
  const auto search = searched(1'000, 600);
  ASSERT_TRUE(search.knee());
  EXPECT_GT(*search.knee(), 300);
  EXPECT_LE(*search.knee(), 600);
  LoadSearch even(100);
  while (const auto rate = even.next()) even.put({*rate, true, false, 10ms, {}});
  EXPECT_FALSE(even.knee());
}

}  // namespace
}  // namespace hairpin

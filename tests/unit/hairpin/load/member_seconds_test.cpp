// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/member_seconds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using namespace std::chrono_literals;

LoadCounts counts(std::uint64_t answered) {
  LoadCounts counts;
  counts.accepted = answered + 14;  // trips, and monitors that only connect
  counts.asked = answered - answered / 100;
  counts.failed = answered / 100 + 7;  // broken off
  counts.handed_over = counts.unheard = 7;
  counts.answered = answered;
  counts.body_bytes = 10 * answered;
  counts.open = answered / 100;
  return counts;
}

/// 100 a second, asked for every 300 ms.
MemberSeconds of_an_even_load() {
  MemberSeconds seconds;
  for (int turn = -1; turn <= 10; ++turn) seconds.put(turn * 300ms, counts(1'000 + static_cast<std::uint64_t>(30 * (turn + 1))));
  return seconds;
}

TEST(MemberSeconds, EndBetweenTwoAnswers) {
  const auto all = of_an_even_load().all();
  ASSERT_EQ(all.size(), 4U);
  for (const std::uint32_t second : {0U, 1U, 2U}) {
    EXPECT_EQ(all[second].second, second);
    EXPECT_EQ(all[second].answered, 100U) << second;
    EXPECT_EQ(all[second].connections, 100U) << second;
    EXPECT_EQ(all[second].body_bytes, 1'000U) << second;
  }
  EXPECT_EQ(all[0].open, 11U);
  EXPECT_EQ(all[3].answered, 0U) << "it has just begun";
}

TEST(MemberSeconds, AreAllThatWasServedFromTheStartOn) {
  MemberSeconds seconds;
  std::uint64_t answered = 500;
  seconds.put(0ms, counts(answered));
  for (int turn = 1; turn < 40; ++turn) seconds.put(turn * 257ms, counts(answered += static_cast<std::uint64_t>(turn * turn % 13)));
  std::uint64_t sum = 0;
  for (const auto& second : seconds.all()) sum += second.answered;
  EXPECT_EQ(sum, answered - 500);
}

TEST(MemberSeconds, AreAsFarAsTheyAreKnown) {
  MemberSeconds seconds;
  EXPECT_TRUE(seconds.all().empty());
  EXPECT_EQ(seconds.second(0).answered, 0U);
  seconds.put(-400ms, counts(0));
  EXPECT_TRUE(seconds.all().empty());
  seconds.put(100ms, counts(5));
  EXPECT_EQ(seconds.second(0).answered, 1U) << "four of the five were before the start, as far as one can tell";
  seconds.put(900ms, counts(45));
  EXPECT_EQ(seconds.second(0).answered, 41U);
  EXPECT_EQ(seconds.second(1).answered, 0U);
}

TEST(MemberSeconds, OfAMemberThatSaidNothingForLongAreEven) {
  MemberSeconds seconds;
  seconds.put(0ms, counts(0));
  seconds.put(4s, counts(400));
  for (const std::uint32_t second : {0U, 1U, 2U, 3U}) EXPECT_EQ(seconds.second(second).answered, 100U);
}

/// Fewer connections that failed than of which nothing was heard, more bytes than there are, and then none.
TEST(MemberSeconds, OfAMemberThatLiesStayNumbers) {
  MemberSeconds seconds;
  LoadCounts lie;
  lie.unheard = 1;
  lie.body_bytes = UINT64_MAX;
  seconds.put(0ms, counts(0));
  seconds.put(1s, lie);
  seconds.put(2s, counts(0));
  EXPECT_EQ(seconds.second(0).body_bytes, 9'000'000'000'000'000'000U);
  EXPECT_EQ(seconds.second(1).body_bytes, 0U);
  EXPECT_EQ(seconds.second(1).connections, 0U);
}

TEST(Shares, AreToldInTheLineOfASecond) {
  EXPECT_EQ(shares_text({}), "");
  EXPECT_EQ(shares_text({{"oc01", 0}, {"oc02", 0}}), "");
  EXPECT_EQ(shares_text({{"oc01", 30}, {"oc02", 10}}), "oc01 75 %, oc02 25 %");
  EXPECT_EQ(shares_text({{"oc01", 40}, {"oc02", 0}}), "oc01 100 %, oc02 0 %");
  EXPECT_EQ(shares_text({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}), "a 10 %, b 20 %, c 30 %, d 40 %");
  EXPECT_EQ(shares_text({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 0}}), "5 members, e 0 % to d 40 %");
}

}  // namespace
}  // namespace hairpin

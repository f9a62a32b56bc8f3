// SPDX-License-Identifier: Apache-2.0
#include "base/histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>

namespace hairpin {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

/// Written by hdr-histogram-js 3.0.1 (the official JavaScript library) from the pairs of `written_elsewhere`.
constexpr const char* kElsewhere = "HISTFAAAADN4nJNpmSzMwMAAwowMDAzMDBAAYjMwT25ngPPZTvJf4F8rwMJzMSKg35jvaQIbAKlXCJs=";

Histogram written_elsewhere() {
  Histogram histogram;
  for (const auto& [value, times] : {std::pair{1us, 3U}, {999us, 1000U}, {2047us, 2U}, {2048us, 5U}, {2049us, 1U},
                                     {101'000us, 40U}, {911'007us, 7U}, {59'999'999us, 1U}, {60'000'000us, 2U}})
    histogram.record(value, times);
  return histogram;
}

TEST(Histogram, ReadsWhatTheOfficialLibraryWrote) {
  const auto read = Histogram::decode(kElsewhere);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(*read, written_elsewhere());
}

TEST(Histogram, HasTheOfficialLibrarysPercentiles) {
  const auto histogram = written_elsewhere();
  EXPECT_EQ(histogram.percentile(0), 1us);
  EXPECT_EQ(histogram.percentile(50), 999us);
  EXPECT_EQ(histogram.percentile(95), 2049us);
  EXPECT_EQ(histogram.percentile(97), 101'055us);
  EXPECT_EQ(histogram.percentile(99), 101'055us);
  EXPECT_EQ(histogram.percentile(99.9), 60'030'975us);
  EXPECT_EQ(histogram.percentile(100), 60'030'975us);
  EXPECT_EQ(histogram.count(), 1061U);
}

TEST(Histogram, KeepsThreeDigitsOfEveryDuration) {
  for (std::int64_t value = 1; value <= Histogram::kHighest_us; value += 1 + value / 777) {
    Histogram histogram;
    histogram.record(microseconds(value));
    const auto kept = std::chrono::duration_cast<microseconds>(histogram.percentile(50)).count();
    ASSERT_GE(kept, value);
    ASSERT_LE(kept - value, value / 1000) << value;
    ASSERT_LE(histogram.least(), microseconds(value));
    ASSERT_EQ(histogram.most(), histogram.percentile(100));
  }
}

TEST(Histogram, CountsWhatIsOutsideItsRangeAtItsEnds) {
  Histogram histogram;
  histogram.record(-5ms);
  histogram.record(10ns);
  histogram.record(2h);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.percentile(50), 1us);
  EXPECT_EQ(histogram.percentile(100), 60'030'975us);
}

TEST(Histogram, RoundsToTheNearestMicrosecond) {
  Histogram histogram;
  histogram.record(1499ns);
  EXPECT_EQ(histogram.most(), 1us);
  histogram.record(1500ns);
  EXPECT_EQ(histogram.most(), 2us);
}

TEST(Histogram, IsEmptyUntilSomethingIsRecordedAndAfterClear) {
  Histogram histogram;
  EXPECT_TRUE(histogram.is_empty());
  EXPECT_EQ(histogram.percentile(99), 0ns);
  EXPECT_EQ(histogram.most(), 0ns);
  EXPECT_EQ(histogram.least(), 0ns);
  EXPECT_EQ(histogram.mean(), 0ns);
  histogram.record(5ms);
  EXPECT_FALSE(histogram.is_empty());
  histogram.clear();
  EXPECT_EQ(histogram, Histogram());
}

TEST(Histogram, MergesByAdding) {
  Histogram fast, slow;
  fast.record(1ms, 990);
  slow.record(900ms, 10);
  fast.add(slow);
  EXPECT_EQ(fast.count(), 1000U);
  EXPECT_EQ(fast.percentile(99), 1ms);
  EXPECT_EQ(fast.percentile(99.1), 900'095us);
  EXPECT_NEAR(static_cast<double>(fast.mean().count()), 9.99e6, 1e4);
}

TEST(Histogram, SaysWhenTooFewSamplesAreBeyondAPercentile) {
  Histogram histogram;
  histogram.record(1ms, 999);
  EXPECT_FALSE(histogram.is_settled(99));
  histogram.record(1ms);
  EXPECT_TRUE(histogram.is_settled(99));
  EXPECT_FALSE(histogram.is_settled(99.9));
}

TEST(Histogram, SurvivesItsOwnEncoding) {
  std::minstd_rand random(1);  // NOLINT(cert-msc51-cpp): the same every time
  for (int round = 0; round < 20; ++round) {
    Histogram histogram;
    for (int i = 0; i < round * 100; ++i) {
      const auto value = std::exp(std::uniform_real_distribution<double>(0, 17)(random));
      histogram.record(microseconds(std::int64_t(value)), random() % (1ULL << (3 * round % 60)) + 1);
    }
    const auto read = Histogram::decode(histogram.encode());
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(*read, histogram);
  }
}

TEST(Histogram, RefusesWhatIsNoHistogramOfItsRange) {
  const std::string whole = kElsewhere;
  auto other_letter = whole;
  other_letter[30] = '-';
  auto broken = whole;
  broken[40] = broken[40] == 'A' ? 'B' : 'A';
  // Of hdr-histogram-js as well.
  constexpr const char* kTwoDigits = "HISTFAAAACZ4nJNpmSzMwMDAzMDAwMjAwMDEAAEgNgPz5HYGGP8zOxsAR+UDbA==";
  constexpr const char* kUpToAnHour = "HISTFAAAACJ4nJNpmSzMwMDAzMDAwAilGaBshmuTlzDA+Of52QBVewRB";
  for (const auto& text : {std::string(), std::string("HISTFA"), whole.substr(0, whole.size() / 2), other_letter, broken,
                           std::string("AAAAAAAAAAAAAAAA"), std::string(kTwoDigits),
                           std::string(kUpToAnHour), std::string(1 << 20, 'A')})
    EXPECT_FALSE(Histogram::decode(text)) << text.substr(0, 100);
}

}  // namespace
}  // namespace hairpin

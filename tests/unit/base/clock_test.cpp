// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace hairpin {
namespace {

using namespace std::chrono_literals;

WallTime november() {
  return WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) + 10h + 1min + 2s + 3'004'005ns;
}

TEST(WallTime, IsWrittenInUtcWithTheDecimalsAskedFor) {
  EXPECT_EQ(iso8601(november()), "2026-11-22T10:01:02.003004Z");
  EXPECT_EQ(iso8601(november(), 0), "2026-11-22T10:01:02Z");
  EXPECT_EQ(iso8601(november(), 3), "2026-11-22T10:01:02.003Z");
  EXPECT_EQ(iso8601(november(), 9), "2026-11-22T10:01:02.003004005Z");
}

TEST(WallTime, IsReadAsItWasWritten) {
  for (const auto time : {november(), WallTime{}, WallTime{1ns}, WallTime{-1ns},
                          WallTime(std::chrono::sys_days(std::chrono::year(2028) / 2 / 29))})
    EXPECT_EQ(parse_iso8601(iso8601(time, 9)), time) << iso8601(time, 9);
}

TEST(WallTime, MayHaveAnyDecimals) {
  EXPECT_EQ(parse_iso8601("2026-11-22T10:01:02.5Z"), parse_iso8601("2026-11-22T10:01:02.500000000Z"));
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:00.000000001Z"), WallTime{1ns});
}

TEST(WallTime, BeyondWhatNanosecondsCountIsRefused) {
  EXPECT_TRUE(parse_iso8601("2261-12-31T23:59:59.999999999Z"));
  EXPECT_TRUE(parse_iso8601("1678-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_iso8601("9999-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_iso8601("0000-01-01T00:00:00Z"));
}

TEST(WallTime, IsADateThatExistsAndUtc) {
  for (const auto* text :
       {"", "2026-11-22", "2026-11-22T10:01:02", "2026-11-22T10:01:02+01:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:01:61Z",
        "2026-11-22T10:01:02Zx", "2026-11-22 10:01:02Z", "now"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

TEST(WallTime, HasOneSpellingOnly) {
  for (const auto* text :
       {" 2026-11-22T10:01:02Z", "2026- 1-22T10:01:02Z", "2026-+1-22T10:01:02Z", "26-11-22T10:01:02Z",
        "2026-1-2T3:4:5Z", "2026-11-22T10:01:02.Z", "2026-11-22T10:01:02.0000000001Z",
        "2026-11-22T10:01:02,5Z", "2026-11-22T10:01:02.5 Z", "2026-11-22T10:01:02z"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

TEST(WallTime, IsWrittenInTheZoneOfThisMachine) {
  const char* zone = ::getenv("TZ");
  const std::optional<std::string> before = zone ? std::optional<std::string>(zone) : std::nullopt;
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  EXPECT_EQ(local_time(november()), "2026-11-22 11:01:02 CET (+0100)");
  EXPECT_EQ(local_time(november() - std::chrono::days(120)), "2026-07-25 12:01:02 CEST (+0200)");
  EXPECT_EQ(local_time(WallTime(-1ns)), "1970-01-01 00:59:59 CET (+0100)");
  if (before) ::setenv("TZ", before->c_str(), 1);
  else ::unsetenv("TZ");
  ::tzset();
}

TEST(SystemClock, GoesForward) {
  const auto first = system_clock().steady();
  EXPECT_LE(first, system_clock().steady());
  EXPECT_GT(system_clock().wall(), november() - std::chrono::years(20));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "base/identifier.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace hairpin {
namespace {

TEST(TripId, IsWrittenAsItWasRead) {
  const auto id = TripId::random();
  EXPECT_EQ(to_string(id).size(), 32u);
  EXPECT_EQ(parse_trip_id(to_string(id)), id);
}

TEST(TripId, DoesNotRepeat) {
  std::set<TripId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(TripId::random());
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(TripId, Is32HexadecimalDigits) {
  EXPECT_TRUE(parse_trip_id("00112233445566778899AABBccddeeff"));
  for (const auto* text : {"", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
                           "00112233445566778899aabbccddeefg", "0x112233445566778899aabbccddeeff",
                           "00112233445566778899aabbccddee f"})
    EXPECT_FALSE(parse_trip_id(text)) << text;
}

TEST(Hex, KeepsLeadingZeros) {
  const std::uint8_t bytes[] = {0x00, 0x0f, 0xa0};
  EXPECT_EQ(hex(bytes, 3), "000fa0");
  EXPECT_EQ(hex(bytes, 0), "");
}

TEST(RunId, IsAUlidAndInOrderOfTime) {
  const auto first = new_run_id();
  EXPECT_EQ(first.size(), 26u);
  EXPECT_EQ(first.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), first.npos);
  const auto second = new_run_id();
  EXPECT_NE(first, second);
  EXPECT_LE(first.substr(0, 10), second.substr(0, 10));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/agent_messages.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "hairpin/coordinator/agent_link.hpp"

namespace hairpin {
namespace {

TEST(AgentMessages, AnotherProtocolIsRefusedByNamingBoth) {
  const auto newer = control::kProtocol + 1;
  boost::json::object body{{"protocol", newer}, {"version", "9.9.9"}, {"from", "the future"}};
  const auto read = read_hello(body);
  ASSERT_FALSE(read);
  const auto words = describe(read.error());
  EXPECT_NE(words.find(fmt::format("protocol {} (hairpin 9.9.9)", newer)), std::string::npos) << words;
  EXPECT_NE(words.find(fmt::format("protocol {} (hairpin ", control::kProtocol)), std::string::npos) << words;
}

TEST(AgentMessages, HelloOfOurProtocolIsReadStrictly) {
  EXPECT_TRUE(read_hello({{"protocol", control::kProtocol}, {"version", "0.1.0"}, {"run", "01J"}}));
  EXPECT_FALSE(read_hello({{"protocol", control::kProtocol}, {"version", "0.1.0"}}));
  EXPECT_FALSE(read_hello({{"protocol", 0}, {"version", "0.1.0"}, {"run", "01J"}}));
  EXPECT_FALSE(read_hello({{"protocol", "1"}, {"version", "0.1.0"}, {"run", "01J"}}));
  EXPECT_FALSE(read_hello(boost::json::value("hello")));
  EXPECT_FALSE(read_hello(nullptr));
}

TEST(AgentMessages, VersionsOfStrangersCannotDriveATerminal) {
  const auto read = read_hello({{"protocol", 7}, {"version", "\x1b[2J"}});
  ASSERT_FALSE(read);
  EXPECT_EQ(describe(read.error()).find('\x1b'), std::string::npos);
}

TEST(AgentMessages, ProbesSurviveTheirJson) {
  ProbeWanted wanted;
  wanted.order.trip.bytes[0] = 7;
  wanted.order.target = {"pool01", "mcu", "oc02", *parse_endpoint("10.137.2.22:444")};
  wanted.is_plaintext = true;
  const auto read = from_json<ProbeWanted>(to_json(wanted));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->order.trip, wanted.order.trip);
  EXPECT_EQ(read->order.target, wanted.order.target);
  EXPECT_TRUE(read->is_plaintext);
}

TEST(ClockOffset, IsTheAgentsClockMinusOursWithinHalfTheRoundTrip) {
  const WallTime asked(milliseconds(1000));
  const control::ClockReading reading{WallTime(milliseconds(6003)), WallTime(milliseconds(6004))};
  const auto measured = clock_offset(asked, reading, WallTime(milliseconds(1007)));
  EXPECT_EQ(measured.offset, milliseconds(5000));
  EXPECT_EQ(measured.error, milliseconds(3));
}

}  // namespace
}  // namespace hairpin

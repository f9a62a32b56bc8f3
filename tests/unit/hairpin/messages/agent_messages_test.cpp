// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/agent_messages.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "hairpin/coordinator/agent_link.hpp"
#include "net/control/channel.hpp"

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

/// Of many listeners, to each of which more clients came than are counted, under names as long as are kept.
TEST(AgentMessages, AnAccountOfWhatWasServedFitsIntoAFrame) {
  constexpr std::uint64_t kMost = UINT64_MAX;
  for (const std::size_t listeners : {1U, 2U, 40U}) {
    Served served;
    LoadCounts counts;
    counts.ports.assign(128, {*parse_address("2001:db8:1111:2222:3333:4444:5555:6666"), kMost, kMost, 64'512, 1'024, 65'535, 65'536});
    ServedClient client{*parse_address("2001:db8:1111:2222:3333:4444:5555:6666"), std::string(64, '"'), 3, kMost, kMost, kMost, kMost, kMost, kMost, 1, kMost};
    counts.clients.assign(kMostServedClients, client);
    served.listeners.assign(listeners, counts);
    keep_to_a_frame(served);
    control::Message message;
    message.answers = 1;
    message.body = to_json(served);
    EXPECT_TRUE(control::encode(message)) << listeners;
    std::size_t kept = 0;
    for (const auto& each : served.listeners) {
      kept += each.clients.size();
      EXPECT_EQ(each.clients.size() + each.clients_left_out / 4, kMostServedClients);
      EXPECT_EQ(each.ports.size() + each.addresses_left_out, 128U);
    }
    EXPECT_LE(kept, kMostServedClients);
    EXPECT_GE(kept, kMostServedClients - listeners);
  }
}

TEST(AgentMessages, VersionsOfStrangersCannotDriveATerminal) {
  const auto read = read_hello({{"protocol", control::kProtocol + 1}, {"version", "\x1b[2J"}});
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

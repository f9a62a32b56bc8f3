// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evidence/trip.hpp"

namespace hairpin {
namespace {

PacketObservation packet(std::uint64_t frame, const char* from, const char* to, std::uint8_t flags, std::uint32_t sequence,
                         std::uint32_t acknowledgement = 8) {
  PacketObservation seen;
  seen.host = "oc01";
  seen.interface = "eth0";
  seen.frame = frame;
  seen.tuple = {*parse_endpoint(from), *parse_endpoint(to)};
  seen.flags = flags;
  seen.sequence = sequence;
  seen.acknowledgement = acknowledgement;
  return seen;
}

TEST(Flow, JoinsBothDirectionsAndPointsFromTheOpener) {
  const std::vector packets{packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(2, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(to_string(flows[0].tuple.source), "10.0.0.1:5000");
  EXPECT_EQ(flows[0].syn()->frame, 1u);
  EXPECT_EQ(flows[0].syn_ack()->frame, 2u);
}

TEST(Flow, ASynAckAloneStillPointsFromTheOneItAnswers) {
  const std::vector packets{packet(1, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8),
                            packet(2, "10.0.0.1:5000", "10.0.0.9:444", kRst, 9)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(to_string(flows[0].tuple.source), "10.0.0.1:5000");
  EXPECT_EQ(flows[0].syn(), nullptr);
  EXPECT_EQ(flows[0].first_reset()->frame, 2u);
}

TEST(Flow, AnotherIsnOnTheSameTupleIsAnotherConnection) {
  const std::vector packets{packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(2, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(3, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 99)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].packets.size(), 2u) << "a retransmitted SYN belongs to the same connection";
}

/// The port was used before, to this very address; what answers now is somebody else's SYN.
TEST(Flow, ASynAckThatAnswersNoneOfItsSynsIsAnotherConnection) {
  const std::vector packets{packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(2, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8, 8),
                            packet(3, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 50, 501),
                            packet(4, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 50, 501),
                            packet(5, "10.0.0.1:5000", "10.0.0.9:444", kRst, 501)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].packets.size(), 2u);
  EXPECT_EQ(flows[1].packets.size(), 3u) << "with its repetition, and what answered it";
  EXPECT_EQ(to_string(flows[1].tuple.source), "10.0.0.1:5000");
}

TEST(Flow, ASynThatIsSentAgainAndItsAnswerFindTheirConnection) {
  auto with_data = packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7);
  with_data.payload_bytes = 100;  // TCP Fast Open: acknowledged with it, or not
  const std::vector packets{with_data, packet(2, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8, 8),
                            packet(3, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 50, 501),
                            packet(4, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(5, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8, 108),
                            packet(6, "10.0.0.1:5000", "10.0.0.9:444", kAck, 108, 9)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].packets.size(), 5u) << "its repetition, its answers, and what follows";
  EXPECT_EQ(flows[1].packets.size(), 1u);
}

TEST(Flow, ARefusalThatAnswersNoneOfItsSynsIsAnotherConnections) {
  const std::vector packets{packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(2, "10.0.0.9:444", "10.0.0.1:5000", kRst | kAck, 0, 8),
                            packet(3, "10.0.0.9:444", "10.0.0.1:5000", kRst | kAck, 0, 901)};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(to_string(flows[1].tuple.source), "10.0.0.1:5000");
}

/// A firewall gives SYNs other numbers, and the answer comes another way.
TEST(Flow, AnAnswerWithAnotherNumberIsThatOfASynWithoutAny) {
  const std::vector packets{packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7),
                            packet(2, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 50, 501),
                            packet(3, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 50, 501)};
  EXPECT_EQ(sort_into_flows(packets).size(), 1u);
}

TEST(Flow, FollowsFrameNumbersWhenTheClockWasStepped) {
  auto early = packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7);
  auto late = packet(2, "10.0.0.9:444", "10.0.0.1:5000", kSyn | kAck, 8);
  early.time = WallTime(std::chrono::seconds(100));
  late.time = WallTime(std::chrono::seconds(50));
  const std::vector packets{late, early};
  const auto flows = sort_into_flows(packets);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].packets.front()->frame, 1u);
}

TEST(Flow, KeepsInterfacesApart) {
  auto other = packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7);
  other.interface = "eth1";
  EXPECT_EQ(sort_into_flows({packet(1, "10.0.0.1:5000", "10.0.0.9:444", kSyn, 7), other}).size(), 2u);
}

}  // namespace
}  // namespace hairpin

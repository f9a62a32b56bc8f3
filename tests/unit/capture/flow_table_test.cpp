// SPDX-License-Identifier: Apache-2.0
#include "capture/flow_table.hpp"

#include <gtest/gtest.h>

#include "observed.hpp"

namespace hairpin::capture {
namespace {

using namespace testing_packets;

const auto kClient = "10.0.0.1:1000", kServer = "10.0.0.2:444";

TEST(FlowTable, CountsBothDirectionsOfAConnectionTogether) {
  FlowTable table(8);
  table.add(seen(1, kClient, kServer, kSyn, {.sequence = 100}));
  table.add(seen(2, kServer, kClient, kSyn | kAck, {.sequence = 900, .acknowledgement = 101}));
  table.add(seen(3, kClient, kServer, kAck | kPsh, {.payload_bytes = 50}));
  table.add(seen(4, kServer, kClient, kAck | kFin, {.payload_bytes = 70}));
  const auto& flow = table.add(seen(5, kServer, kClient, kRst));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(flow.tuple, tuple(kClient, kServer));
  EXPECT_EQ(flow.forward.packets, 2u);
  EXPECT_EQ(flow.forward.payload_bytes, 50u);
  EXPECT_EQ(flow.forward.syns, 1u);
  EXPECT_EQ(flow.backward.packets, 3u);
  EXPECT_EQ(flow.backward.payload_bytes, 70u);
  EXPECT_EQ(flow.backward.fins, 1u);
  EXPECT_EQ(flow.backward.resets, 1u);
  EXPECT_EQ(flow.forward.resets, 0u);
  EXPECT_EQ(flow.isn, 100u);
  EXPECT_EQ(flow.acknowledged, 101u);
  EXPECT_EQ(flow.first, at(1));
  EXPECT_EQ(flow.last, at(5));
}

TEST(FlowTable, FindsAConnectionFromEitherEnd) {
  FlowTable table(8);
  EXPECT_EQ(table.find(tuple(kClient, kServer)), nullptr);
  const auto* flow = &table.add(seen(1, kServer, kClient, kAck));
  EXPECT_EQ(table.find(tuple(kClient, kServer)), flow);
  EXPECT_EQ(table.find(tuple(kServer, kClient)), flow);
  EXPECT_EQ(flow->tuple, tuple(kServer, kClient)) << "no SYN was seen: the first sender";
}

TEST(FlowTable, PointsFromTheOpenerWhenItBeginsWithASynAck) {
  FlowTable table(8);
  EXPECT_EQ(table.add(seen(1, kServer, kClient, kSyn | kAck)).tuple, tuple(kClient, kServer));
}

TEST(FlowTable, KeepsCollidingTuplesApart) {
  // Equal under any symmetric mix of the four parts: ports and addresses change places.
  FlowTable table(8);
  table.add(seen(1, "10.0.0.1:1000", "10.0.0.2:2000", kAck, {.payload_bytes = 1}));
  table.add(seen(1, "10.0.0.1:2000", "10.0.0.2:1000", kAck, {.payload_bytes = 2}));
  table.add(seen(1, "10.0.0.2:1000", "10.0.0.1:2000", kAck, {.payload_bytes = 3}));
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.find(tuple("10.0.0.1:1000", "10.0.0.2:2000"))->forward.payload_bytes, 1u);
  EXPECT_EQ(table.find(tuple("10.0.0.1:2000", "10.0.0.2:1000"))->backward.payload_bytes, 3u);
}

TEST(FlowTable, KeepsFamiliesApart) {
  FlowTable table(8);
  table.add(seen(1, "1.2.3.4:1", "1.2.3.5:2", kAck));
  table.add(seen(1, "[102:304::]:1", "[102:305::]:2", kAck));
  EXPECT_EQ(table.size(), 2u);
}

TEST(FlowTable, BeginsAnewWhenAPortIsUsedAgain) {
  FlowTable table(8);
  table.add(seen(1, kClient, kServer, kSyn, {.sequence = 100}));
  EXPECT_EQ(table.add(seen(2, kClient, kServer, kSyn, {.sequence = 100})).forward.syns, 2u)
      << "a retransmission";
  const auto& again = table.add(seen(3, kClient, kServer, kSyn, {.sequence = 700}));
  EXPECT_EQ(again.forward.syns, 1u);
  EXPECT_EQ(again.first, at(3));
  const auto& reversed = table.add(seen(4, kServer, kClient, kSyn, {.sequence = 700}));
  EXPECT_EQ(reversed.tuple, tuple(kServer, kClient));
  EXPECT_EQ(table.size(), 1u);
}

TEST(FlowTable, KeepsTheFirstClientRandom) {
  FlowTable table(8);
  auto hello = seen(1, kClient, kServer, kAck);
  hello.client_random.emplace().bytes[0] = 7;
  table.add(hello);
  hello.client_random->bytes[0] = 8;
  EXPECT_EQ(table.add(hello).client_random->bytes[0], 7);
}

TEST(FlowTable, MakesRoomByForgettingWhatWasSilentForLongest) {
  FlowTable table(2);
  table.add(seen(1, "10.0.0.1:1", kServer, kSyn));
  table.add(seen(2, "10.0.0.1:2", kServer, kSyn));
  table.add(seen(3, kServer, "10.0.0.1:1", kSyn | kAck));
  table.add(seen(4, "10.0.0.1:3", kServer, kSyn));
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.evicted(), 1u);
  EXPECT_NE(table.find(tuple("10.0.0.1:1", kServer)), nullptr);
  EXPECT_EQ(table.find(tuple("10.0.0.1:2", kServer)), nullptr);
  EXPECT_NE(table.find(tuple("10.0.0.1:3", kServer)), nullptr);
}

}  // namespace
}  // namespace hairpin::capture

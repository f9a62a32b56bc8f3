// SPDX-License-Identifier: Apache-2.0
// What a member served between two moments: of loads alone, so that it can be joined with what sources say.
#include "hairpin/load/served.hpp"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

const IpAddress kSnat = *parse_address("10.137.2.4"), kMonitor = *parse_address("10.137.2.5");

/// Until a moment: so many connections of a load, one of eight of which broke off; beside each eight of them a trip, a monitor
/// that asks and one that only connects.
LoadCounts until(std::uint64_t eights) {
  LoadCounts counts;
  counts.asked = 7 * eights;
  counts.asked_full = 5 * eights;
  counts.asked_resumed = 2 * eights;
  counts.handed_over = 2 * eights;
  counts.failed = 2 * eights;
  counts.unheard = eights;
  counts.accepted = 11 * eights;
  counts.handshakes_full = 7 * eights;
  counts.handshakes_resumed = 2 * eights;
  counts.requests = counts.answered = 70 * eights;
  ServedClient load, trip, monitor;
  load.address = trip.address = kSnat;
  load.connections = load.asked = 7 * eights;
  trip.identity = "client1";
  trip.connections = eights;
  monitor.address = kMonitor;
  monitor.connections = eights;
  counts.clients = {load, trip, monitor};
  return counts;
}

TEST(Served, IsWhatLoadsHaveAlone) {
  auto after = until(10);
  after.refused = 3;
  after.no_descriptor = 4;
  const auto served = served_between({"oc01"}, {{"oc01", until(1)}}, {{"oc01", after}});
  ASSERT_EQ(served.size(), 1U);
  EXPECT_EQ(served[0].member, "oc01");
  EXPECT_EQ(served[0].connections, 8U * 9);
  EXPECT_EQ(served[0].handshakes, 5U * 9);
  EXPECT_EQ(served[0].resumed, 2U * 9);
  EXPECT_EQ(served[0].answered, 70U * 9);
  EXPECT_EQ(served[0].refused, 3U);
  EXPECT_EQ(served[0].no_descriptor, 4U);
  ASSERT_EQ(served[0].peers.size(), 1U);
  EXPECT_EQ(served[0].peers[0].address, kSnat);
  EXPECT_EQ(served[0].peers[0].connections, 7U * 9);
}

TEST(Served, IsNotKnownWhereAMemberDidNotSay) {
  EXPECT_TRUE(served_between({"oc01", "oc02"}, {{"oc01", until(1)}}, {{"oc01", until(2)}, {"oc02", until(2)}}).empty());
}

}  // namespace
}  // namespace hairpin

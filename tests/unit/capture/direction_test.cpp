// SPDX-License-Identifier: Apache-2.0
#include "capture/direction.hpp"

#include <gtest/gtest.h>

namespace hairpin::capture {
namespace {

const auto kOurs = parse_mac("02:00:00:00:00:01").value();
const auto kTheirs = parse_mac("02:00:00:00:00:02").value();

Direction between(const MacAddress& from, const MacAddress& to, const InterfaceFacts& interface) {
  PacketObservation packet;
  packet.source_mac = from;
  packet.destination_mac = to;
  return direction_of(packet, interface);
}

InterfaceFacts ethernet() {
  InterfaceFacts facts;
  facts.mac = kOurs;
  return facts;
}

TEST(Direction, IsReadFromTheInterfacesOwnMac) {
  EXPECT_EQ(between(kOurs, kTheirs, ethernet()), Direction::out);
  EXPECT_EQ(between(kTheirs, kOurs, ethernet()), Direction::in);
  EXPECT_EQ(between(kOurs, kOurs, ethernet()), Direction::out);
}

TEST(Direction, IsUnknownForFloodedFrames) {
  EXPECT_EQ(between(kTheirs, parse_mac("02:00:00:00:00:03").value(), ethernet()), Direction::unknown);
}

TEST(Direction, IsUnknownOnLoopbackAndWithoutAMac) {
  auto loopback = ethernet();
  loopback.is_loopback = true;
  EXPECT_EQ(between(kOurs, kTheirs, loopback), Direction::unknown);
  EXPECT_EQ(between({}, {}, InterfaceFacts{}), Direction::unknown);
}

}  // namespace
}  // namespace hairpin::capture

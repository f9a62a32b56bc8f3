// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/frame_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "capture/pcap_file.hpp"

namespace hairpin {
namespace {

/// Ethernet 02:…:01 > 02:…:02, 10.137.2.21.50000 > 10.137.2.11.444, SYN, seq 1.
constexpr const char* kSyn444 =
    "020000000002020000000001080045000028000040004006000"
    "00a8902150a89020bc35001bc00000001000000005002ffff00000000";

FrameBatch batch(const char* bytes) { return {"eth0", 1, {{WallTime(milliseconds(5)), 54, bytes}}}; }

std::vector<HostFacts> facts() {
  std::vector<HostFacts> hosts(1);
  hosts[0].host = "oc01";
  auto& interface = hosts[0].interfaces.emplace_back();
  interface.name = "eth0";
  interface.mac = *parse_mac("02:00:00:00:00:01");
  return hosts;
}

TEST(FrameStore, DecodesEachFrameOnceWithItsPlace) {
  FrameStore store;
  ASSERT_TRUE(store.add("oc01", batch("00ff")));
  ASSERT_TRUE(store.add("oc01", batch(kSyn444)));
  const auto packets = store.decode_new(facts());
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].host, "oc01");
  EXPECT_EQ(packets[0].interface, "eth0");
  EXPECT_EQ(packets[0].frame, 2U);  // as Wireshark counts, the malformed one included
  EXPECT_EQ(packets[0].direction, Direction::out);
  EXPECT_TRUE(packets[0].is_syn());
  EXPECT_TRUE(store.decode_new(facts()).empty());
}

TEST(FrameStore, CountsWhatIsNoTcpSegment) {
  FrameStore store;
  ASSERT_TRUE(store.add("oc01", batch("00ff")));
  ASSERT_TRUE(store.add("oc01", batch(kSyn444)));
  static_cast<void>(store.decode_new(facts()));
  CaptureFacts counted;
  counted.host = "oc01";
  counted.interface = "eth0";
  store.count_into(counted);
  EXPECT_EQ(counted.kept, 1U);
  EXPECT_EQ(counted.malformed, 1U);
}

TEST(FrameStore, RefusesWhatIsNoFrame) {
  FrameStore store;
  EXPECT_FALSE(store.add("oc01", batch("0g")));
  EXPECT_FALSE(store.add("oc01", batch("abc")));
  EXPECT_FALSE(store.add("oc01", batch(std::string(2 * 257, 'a').c_str())));
  auto strange = batch("00");
  strange.link = 9999;
  EXPECT_FALSE(store.add("oc01", strange));
}

TEST(FrameStore, WritesACaptureFilePerVantageWhoseNameCannotLeaveTheBundle) {
  const auto directory = testing::TempDir() + "hairpin-frame-store";
  std::filesystem::remove_all(directory);
  FrameStore store;
  auto hostile = batch(kSyn444);
  hostile.interface = "../../eth0";
  ASSERT_TRUE(store.add("oc01", hostile));
  ASSERT_TRUE(store.write_captures(directory));
  std::size_t frames = 0;
  const auto count = [&](const capture::Frame&, capture::LinkType) { ++frames; };
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/captures"))
    EXPECT_TRUE(capture::read_pcap(entry.path().string(), count)) << entry.path();
  EXPECT_EQ(frames, 1U);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace hairpin

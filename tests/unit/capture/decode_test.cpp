// SPDX-License-Identifier: Apache-2.0
#include "capture/decode.hpp"

#include <gtest/gtest.h>

#include "capture/tcp_segment.hpp"
#include "packets.hpp"

namespace hairpin::capture {
namespace {

using namespace testing_packets;

PacketObservation decoded(const Bytes& bytes, std::size_t original_bytes = 0,
                          LinkType link = LinkType::ethernet) {
  const auto packet = decode(frame(bytes, original_bytes), link);
  EXPECT_TRUE(packet.has_value());
  return packet.value_or(PacketObservation{});
}

/// `tcpdump -XX` of a SYN of Linux 6.1, and what tcpdump says of it: 10.137.2.21.44276 > 10.137.2.11.444:
/// Flags [S], seq 3735928559, win 64240, options [mss 1460,sackOK,TS val 305419896 ecr 0,nop,wscale 7],
/// length 0.
TEST(Decode, ReadsASynAsTcpdumpDoes) {
  const auto bytes = from_hex(
      "02000a890205 02000a890215 0800"
      "4500003c 1c464000 40060000 0a890215 0a89020b"
      "acf401bc deadbeef 00000000 a002faf0 00000000"
      "020405b4 0402 080a 12345678 00000000 01 030307");
  const auto packet = decoded(bytes);
  EXPECT_EQ(to_string(packet.destination_mac), "02:00:0a:89:02:05");
  EXPECT_EQ(to_string(packet.source_mac), "02:00:0a:89:02:15");
  EXPECT_EQ(tcpdump_form(packet.tuple), "10.137.2.21.44276 > 10.137.2.11.444");
  EXPECT_TRUE(packet.is_syn());
  EXPECT_EQ(packet.flags, kSyn);
  EXPECT_EQ(packet.sequence, 3735928559u);
  EXPECT_EQ(packet.acknowledgement, 0u);
  EXPECT_EQ(packet.window, 64240);
  EXPECT_EQ(packet.hop_limit, 64);
  EXPECT_EQ(packet.timestamp_value, 305419896u);
  EXPECT_EQ(packet.timestamp_echo, 0u);
  EXPECT_EQ(packet.payload_bytes, 0u);
  EXPECT_FALSE(packet.vlan);
  EXPECT_FALSE(packet.client_random);
  EXPECT_EQ(packet.time, WallTime(std::chrono::seconds(1)));
}

TEST(Decode, ReadsIpv6) {
  const auto packet = decoded(ethernet(kIpv6, ipv6({}, tcp({.flags = kSyn | kAck}))));
  EXPECT_EQ(tcpdump_form(packet.tuple), "2001:db8:2::21.44276 > 2001:db8:2::11.444");
  EXPECT_TRUE(packet.is_syn_ack());
  EXPECT_EQ(packet.hop_limit, 64);
}

TEST(Decode, TakesTheOutermostOfStackedVlanTags) {
  const auto single = decoded(ethernet(kIpv4, ipv4({}, tcp({})), "8100 e064"));
  EXPECT_EQ(single.vlan, 100);
  const auto stacked = decoded(ethernet(kIpv6, ipv6({}, tcp({})), "88a8 0fff 8100 0064 9100 0001"));
  EXPECT_EQ(stacked.vlan, 4095);
  EXPECT_EQ(stacked.tuple.destination.port, 444);
}

TEST(Decode, ReadsLinuxCookedFrames) {
  const auto header = from_hex("0800 0000 00000003 0001 00 06 02000a8902150000");
  const auto packet = decoded(header + ipv4({}, tcp({})), 0, LinkType::linux_sll2);
  EXPECT_EQ(to_string(packet.source_mac), "02:00:0a:89:02:15");
  EXPECT_EQ(packet.destination_mac, MacAddress{});
  EXPECT_EQ(tcpdump_form(packet.tuple), "10.137.2.21.44276 > 10.137.2.11.444");
  const auto tunnel = from_hex("86dd 0000 00000003 0300 00 00 0000000000000000");
  EXPECT_EQ(decoded(tunnel + ipv6({}, tcp({})), 0, LinkType::linux_sll2).source_mac, MacAddress{});
}

TEST(Decode, ReadsRawIpOfEitherVersion) {
  EXPECT_EQ(decoded(ipv4({}, tcp({})), 0, LinkType::raw_ip).tuple.source.address.family, Family::ipv4);
  EXPECT_EQ(decoded(ipv6({}, tcp({})), 0, LinkType::raw_ip).tuple.source.address.family, Family::ipv6);
  EXPECT_FALSE(decode(frame(from_hex("50")), LinkType::raw_ip));
  EXPECT_FALSE(decode(frame({}), LinkType::raw_ip));
}

TEST(Decode, StepsOverIpv4Options) {
  const auto packet = decoded(ethernet(kIpv4, ipv4({.options = Bytes(40, 1)}, tcp({.payload = Bytes(7)}))));
  EXPECT_EQ(packet.tuple.source.port, 44276);
  EXPECT_EQ(packet.payload_bytes, 7u);
}

TEST(Decode, KeepsTheFirstFragmentAndRefusesLaterOnes) {
  EXPECT_TRUE(decode(frame(ethernet(kIpv4, ipv4({.fragment = 0x2000}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv4, ipv4({.fragment = 0x2001}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv4, ipv4({.fragment = 0x00b9}, tcp({}))))));
  const auto first = from_hex("0600 0001 00000001"), later = from_hex("0600 0008 00000001");
  EXPECT_TRUE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 44}, first + tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 44}, later + tcp({}))))));
}

TEST(Decode, StepsOverEveryIpv6ExtensionHeader) {
  const auto hop_by_hop = from_hex("2b00 010400000000");            // next: routing
  const auto routing = from_hex("3c02 0400 00000000") + Bytes(16);  // next: destination options, 24 bytes
  const auto destination = from_hex("3300 010400000000");           // next: authentication
  const auto authentication = from_hex("0604 0000") + Bytes(20);    // next: TCP, 24 bytes in units of four
  const auto body = hop_by_hop + routing + destination + authentication + tcp({.payload = Bytes(5)});
  const auto packet = decoded(ethernet(kIpv6, ipv6({.next_header = 0}, body)));
  EXPECT_EQ(packet.tuple.source.port, 44276);
  EXPECT_EQ(packet.payload_bytes, 5u);
}

TEST(Decode, RefusesExtensionHeadersThatDoNotEnd) {
  Bytes chain;
  for (int i = 0; i < 40; ++i) chain = chain + from_hex("3c00 010400000000");
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 60}, chain + tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 60}, from_hex("06ff 0104"))))));
}

TEST(Decode, RefusesWhatIsNoTcp) {
  EXPECT_FALSE(decode(frame(ethernet(kIpv4, ipv4({.protocol = 17}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 58}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.next_header = 50}, tcp({}))))));  // ESP
  EXPECT_FALSE(decode(frame(ethernet(0x88b5, ipv4({}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv4({}, tcp({}))))));  // the version contradicts the type
}

TEST(Decode, CountsPayloadByTheHeadersWhenTheSnapshotIsShort) {
  auto bytes = ethernet(kIpv4, ipv4({}, tcp({.flags = kAck, .payload = Bytes(1400)})));
  const auto original = bytes.size();
  bytes.resize(96);
  EXPECT_EQ(decoded(bytes, original).payload_bytes, 1400u);
  auto bytes6 = ethernet(kIpv6, ipv6({}, tcp({.flags = kAck, .payload = Bytes(1400)})));
  bytes6.resize(96);
  EXPECT_EQ(decoded(bytes6, original + 20).payload_bytes, 1400u);
}

TEST(Decode, TakesTheFrameAsTheMeasureWhenOffloadLeavesTheLengthZero) {
  const auto ip4 = ethernet(kIpv4, ipv4({.total_bytes = 0}, tcp({.flags = kAck})), "8100 0001");
  EXPECT_EQ(decoded(ip4, 18 + 20 + 20 + 90000).payload_bytes, 90000u);
  const auto ip6 = ethernet(kIpv6, ipv6({.payload_bytes = 0}, tcp({.flags = kAck})));
  EXPECT_EQ(decoded(ip6, 14 + 40 + 20 + 90000).payload_bytes, 90000u);
}

TEST(Decode, CountsNoPaddingAsPayload) {
  const auto bytes = ethernet(kIpv4, ipv4({}, tcp({.flags = kAck}))) + Bytes(6);
  EXPECT_EQ(decoded(bytes).payload_bytes, 0u);
}

TEST(Decode, FindsNoClientHelloInPadding) {
  const auto bytes = ethernet(kIpv4, ipv4({}, tcp({.flags = kAck}))) + client_hello();
  EXPECT_FALSE(decoded(bytes).client_random);
}

TEST(Decode, ReadsTimestampsAmongOtherOptions) {
  const auto packet = decoded(
      ethernet(kIpv4, ipv4({}, tcp({.flags = kSyn | kAck,
                                    .options = from_hex("020405b4 01 01 080a 00000005 ffffffff 00 00")}))));
  EXPECT_EQ(packet.timestamp_value, 5u);
  EXPECT_EQ(packet.timestamp_echo, 0xffffffffu);
}

TEST(Decode, KeepsASegmentWhoseOptionsAreMalformed) {
  for (const auto* options : {"02000000", "0201ffff", "08ff0000", "080a0000", "fdfdfdfd", "01010102",
                              "08080000 00000000", "00080a00 00000500 00000600"}) {
    const auto packet =
        decoded(ethernet(kIpv4, ipv4({}, tcp({.options = from_hex(options), .payload = Bytes(3)}))));
    EXPECT_EQ(packet.sequence, 0x01020304u) << options;
    EXPECT_EQ(packet.payload_bytes, 3u) << options;
    EXPECT_FALSE(packet.timestamp_value) << options;
  }
}

TEST(Decode, KeepsTimestampsThatStandBeforeAMalformedOption) {
  const auto options = from_hex("080a 00000005 00000006 0200");
  EXPECT_EQ(decoded(ethernet(kIpv4, ipv4({}, tcp({.options = options})))).timestamp_echo, 6u);
}

TEST(Decode, RefusesHeadersThatContradictThemselves) {
  auto short_offset = ethernet(kIpv4, ipv4({}, tcp({})));
  short_offset[14 + 20 + 12] = 0x40;
  EXPECT_FALSE(decode(frame(short_offset)));
  auto long_offset = ethernet(kIpv4, ipv4({}, tcp({})));
  long_offset[14 + 20 + 12] = 0xf0;
  EXPECT_FALSE(decode(frame(long_offset)));
  auto short_header = ethernet(kIpv4, ipv4({}, tcp({})));
  short_header[14] = 0x44;
  EXPECT_FALSE(decode(frame(short_header)));
  EXPECT_FALSE(decode(frame(ethernet(kIpv4, ipv4({.total_bytes = 19}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv4, ipv4({.total_bytes = 39}, tcp({}))))));
  EXPECT_FALSE(decode(frame(ethernet(kIpv6, ipv6({.payload_bytes = 19}, tcp({}))))));
}

/// Every prefix of a frame is a frame that some snapshot length makes; none may be misread.
TEST(Decode, NeverReadsBeyondWhatWasCaptured) {
  const auto hop_by_hop = from_hex("0600 010400000000");
  const Segment segment{
      .flags = kAck, .options = from_hex("080a 00000005 00000006 0101"), .payload = client_hello(60)};
  const auto bytes = ethernet(kIpv6, ipv6({.next_header = 0}, hop_by_hop + tcp(segment)), "8100 0001");
  const std::size_t fixed = 18 + 40 + 8 + 20, random_ends = fixed + 12 + 43;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto packet = decode(frame(cut, bytes.size()));
    ASSERT_EQ(packet.has_value(), size >= fixed) << size;
    if (!packet) continue;
    EXPECT_EQ(packet->payload_bytes, segment.payload.size()) << size;
    EXPECT_EQ(packet->client_random.has_value(), size >= random_ends) << size;
  }
}

Bytes text_of(std::string_view text) { return {text.begin(), text.end()}; }

std::optional<std::string> cause_in(std::string_view payload) { return reset_cause(text_of(payload)); }

/// Lengths and beginnings of these payloads are those of captures that others published: 46 bytes with
/// "[RST+ BIG-IP: [0x2664c65:2574] No fl]", 61 bytes with "[RST+ BIG-IP: [0x2409a71:704] Flow e]".
TEST(ResetCause, IsReadFromThePayloadOfABigIpsRst) {
  const auto payload = text_of("BIG-IP: [0x2664c65:2574] No flow found for ACK");
  ASSERT_EQ(payload.size(), 46u);
  const auto packet = decoded(ethernet(kIpv4, ipv4({}, tcp({.flags = kRst | kAck, .payload = payload}))));
  EXPECT_EQ(packet.reset_cause, "[0x2664c65:2574] No flow found for ACK");
  EXPECT_EQ(packet.payload_bytes, 46u);
  EXPECT_EQ(cause_in("BIG-IP: [0x2409a71:704] Flow expired (sweeper) (idle timeout)"),
            "[0x2409a71:704] Flow expired (sweeper) (idle timeout)");
  EXPECT_EQ(cause_in("[0x2409f3c:8181] No available pool member"), "[0x2409f3c:8181] No available pool member");
  EXPECT_EQ(cause_in("[0x2409F3C:1]{peer} TCP retransmit timeout"), "[0x2409F3C:1]{peer} TCP retransmit timeout");
}

TEST(ResetCause, IsReadFromNothingButARst) {
  const auto payload = text_of("BIG-IP: [0x2664c65:2574] No flow found for ACK");
  const auto with = [&](std::uint8_t flags) { return ethernet(kIpv4, ipv4({}, tcp({.flags = flags, .payload = payload}))); };
  EXPECT_FALSE(decoded(with(kAck | kPsh)).reset_cause);
  EXPECT_TRUE(decoded(with(kRst)).reset_cause);
  EXPECT_FALSE(decoded(ethernet(kIpv4, ipv4({}, tcp({.flags = kRst}))) + payload).reset_cause) << "that is padding";
}

TEST(ResetCause, NeedsEveryMarkOfItsForm) {
  for (const auto* payload : {"", "BIG-IP: ", "BIG-IP: No flow", "[0x:1] x", "[0x1:] x", "[1:1] x", "[0x1:1", "[0x1;1] x",
                              "[0xg:1] x", "[0x1:a] x", "[0x1:1]", "bigip: [0x1:1] x", " [0x1:1] x",
                              "[0x12345678901234567:1] x", "[0x1:12345678901] x"})
    EXPECT_FALSE(cause_in(payload)) << payload;
}

TEST(ResetCause, IsVisibleAndBounded) {
  for (const auto* payload : {"[0x1:1] \x1b[2J", "[0x1:1] a\nb", "[0x1:1] \x7f", "[0x1:1] \xc3\xa9"})
    EXPECT_FALSE(cause_in(payload)) << payload;
  EXPECT_EQ(cause_in(std::string_view("[0x1:1] end\0after", 17)), "[0x1:1] end");
  EXPECT_EQ(cause_in("BIG-IP: [0x1:1] " + std::string(1000, 'x'))->size(), 128u);
}

TEST(ClientRandomOf, IsReadFromAClientHelloInARecord) {
  const auto packet =
      decoded(ethernet(kIpv4, ipv4({}, tcp({.flags = kAck | kPsh, .payload = client_hello(157)}))));
  ASSERT_TRUE(packet.client_random);
  EXPECT_EQ(to_string(*packet.client_random),
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
}

TEST(ClientRandomOf, NeedsEveryMarkOfAClientHello) {
  ASSERT_TRUE(client_random(client_hello()));
  for (const std::size_t position : {0U, 1U, 5U, 9U}) {
    auto other = client_hello();
    other[position] ^= 0x40;
    EXPECT_FALSE(client_random(other)) << position;
  }
  auto cut = client_hello();
  cut.pop_back();
  EXPECT_FALSE(client_random(cut));
  EXPECT_FALSE(client_random({}));
}

TEST(ClientRandomOf, IsNotReadAcrossRecords) {
  auto first_record_ends_early = client_hello(100);
  first_record_ends_early[3] = 0;
  first_record_ends_early[4] = 37;
  EXPECT_FALSE(client_random(first_record_ends_early));
  auto too_short_for_a_random = client_hello();
  too_short_for_a_random[8] = 33;
  EXPECT_FALSE(client_random(too_short_for_a_random));
}

}  // namespace
}  // namespace hairpin::capture

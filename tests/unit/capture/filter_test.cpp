// SPDX-License-Identifier: Apache-2.0
// The filter is compiled by libpcap and run over frames, because its text proves nothing.
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include "capture/canary.hpp"
#include "capture/live.hpp"
#include "capture/pcap_handle.hpp"
#include "packets.hpp"

namespace hairpin::capture {
namespace {

using namespace testing_packets;

class Filter {
 public:
  Filter(const std::vector<std::uint16_t>& ports, const std::vector<IpAddress>& addresses,
         LinkType link = LinkType::ethernet)
      : Filter(Traffic{ports, addresses, {}}, link) {}
  explicit Filter(const Traffic& traffic, LinkType link = LinkType::ethernet) {
    const Pcap handle(pcap_open_dead(data_link_of(link), kSnapshotBytes));
    const auto text = filter_for(traffic, link);
    is_valid_ = pcap_compile(handle.get(), &program_, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    EXPECT_TRUE(is_valid_) << pcap_geterr(handle.get()) << ": " << text;
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { pcap_freecode(&program_); }

  bool takes(const Bytes& bytes) const {
    pcap_pkthdr header{};
    header.caplen = header.len = static_cast<bpf_u_int32>(bytes.size());
    return is_valid_ && pcap_offline_filter(&program_, &header, bytes.data()) != 0;
  }

 private:
  bpf_program program_{};
  bool is_valid_ = false;
};

std::vector<IpAddress> addresses(std::initializer_list<const char*> texts) {
  std::vector<IpAddress> all;
  for (const auto* text : texts) all.push_back(parse_address(text).value());
  return all;
}

const auto kPlan = addresses({"10.137.2.11", "10.137.2.21", "2001:db8:2::11", "2001:db8:2::21"});
const Bytes kRequest4 = ipv4({}, tcp({}));
const Bytes kRequest6 = ipv6({}, tcp({}));

TEST(FilterFor, TakesThePlansPacketsOfBothFamilies) {
  const Filter filter({80, 444}, kPlan);
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, kRequest4)));
  EXPECT_TRUE(filter.takes(ethernet(kIpv6, kRequest6)));
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.from = 444, .to = 50000})))));
  EXPECT_TRUE(filter.takes(ethernet(kIpv6, ipv6({}, tcp({.from = 50000, .to = 80})))));
}

/// What is sampled during a load has ports of its own: the load's packets are not for captures.
TEST(FilterFor, TakesOnlyPortsOfOneEndWhereThatIsWanted) {
  Traffic traffic{{444}, kPlan, {}};
  traffic.one_end = PortRange{64'000, 64'511};
  const Filter filter(traffic);
  for (const std::uint16_t sampled : {std::uint16_t{64'000}, std::uint16_t{64'511}}) {
    EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.from = sampled, .to = 444})))));
    EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.from = 444, .to = sampled})))));
    EXPECT_TRUE(filter.takes(ethernet(kIpv6, ipv6({}, tcp({.from = sampled, .to = 444})))));
  }
  for (const std::uint16_t other : {std::uint16_t{63'999}, std::uint16_t{64'512}, std::uint16_t{50'000}}) {
    EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.from = other, .to = 444})))));
    EXPECT_FALSE(filter.takes(ethernet(kIpv6, ipv6({}, tcp({.from = 444, .to = other})))));
  }
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.from = 64'000, .to = 9'999})))));
}

TEST(FilterFor, TakesThemBehindOneOrTwoVlanTags) {
  const Filter filter({444}, kPlan);
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, kRequest4, "8100 0064")));
  EXPECT_TRUE(filter.takes(ethernet(kIpv6, kRequest6, "8100 0064")));
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, kRequest4, "88a8 0001 8100 0064")));
  EXPECT_TRUE(filter.takes(ethernet(kIpv6, kRequest6, "88a8 0001 8100 0064")));
}

TEST(FilterFor, TakesASynThatCameBackToItsSender) {
  const Filter filter({444}, kPlan);
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({.from = "10.137.2.21", .to = "10.137.2.21"}, tcp({})))));
}

TEST(FilterFor, TakesASourceAddressThatNobodyDeclared) {
  const Filter filter({444}, kPlan);
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({.from = "10.137.2.77", .to = "10.137.2.21"}, tcp({})))));
  EXPECT_TRUE(filter.takes(ethernet(
      kIpv6, ipv6({.from = "2001:db8:2::21", .to = "2001:db8:2::77"}, tcp({.from = 444, .to = 50000})))));
}

TEST(FilterFor, TakesWhatAClientOpensToAServiceThatNobodyDeclared) {
  const Filter filter(Traffic{{444}, kPlan, addresses({"10.137.1.10", "2001:db8:1::10"})});
  const auto from4 = [](std::uint8_t flags) {
    return ethernet(kIpv4, ipv4({.from = "10.137.1.10", .to = "10.137.2.99"}, tcp({.flags = flags})));
  };
  const auto to6 = [](std::uint8_t flags, const char* tag) {
    return ethernet(kIpv6, ipv6({.from = "2001:db8:2::99", .to = "2001:db8:1::10"}, tcp({.from = 444, .to = 50000, .flags = flags})), tag);
  };
  EXPECT_TRUE(filter.takes(from4(kSyn)));
  EXPECT_FALSE(filter.takes(from4(kAck))) << "what follows the opening is not ours";
  EXPECT_TRUE(filter.takes(to6(kSyn | kAck, "")));
  EXPECT_TRUE(filter.takes(to6(kSyn | kAck, "8100 0064")));
  EXPECT_FALSE(filter.takes(to6(kAck, "")));
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({.from = "10.137.1.11", .to = "10.137.2.99"}, tcp({})))));
}

TEST(FilterFor, LeavesEverythingElse) {
  const Filter filter({444}, kPlan);
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({.to = "10.137.2.99"}, tcp({})))));
  EXPECT_FALSE(filter.takes(ethernet(kIpv6, ipv6({.to = "2001:db8:2::99"}, tcp({})))));
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.to = 445})))));
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({.protocol = 17}, tcp({})))));
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.to = 22})), "8100 0064")));
  EXPECT_FALSE(filter.takes(ethernet(0x0806, Bytes(46))));
}

TEST(FilterFor, TakesCanaries) {
  const Bytes canary = ethernet(kCanaryType, Bytes(46));
  EXPECT_TRUE(Filter({444}, kPlan).takes(canary));
  EXPECT_TRUE(Filter({}, {}).takes(canary));
}

TEST(FilterFor, GoesByThePortsAloneWithoutAddresses) {
  const Filter filter({444}, {});
  EXPECT_TRUE(filter.takes(ethernet(kIpv4, ipv4({.from = "192.0.2.1", .to = "192.0.2.2"}, tcp({})))));
  EXPECT_TRUE(filter.takes(
      ethernet(kIpv6, ipv6({.from = "2001:db8::1", .to = "2001:db8::2"}, tcp({})), "8100 0001")));
  EXPECT_FALSE(filter.takes(ethernet(kIpv4, ipv4({}, tcp({.to = 80})))));
}

TEST(FilterFor, IsAlsoForLinuxCookedFramesAndRawIp) {
  const Filter cooked({444}, kPlan, LinkType::linux_sll2);
  const auto header = from_hex("86dd 0000 00000003 0001 00 06 02000a8902150000");
  EXPECT_TRUE(cooked.takes(header + kRequest6));
  EXPECT_FALSE(cooked.takes(header + ipv6({}, tcp({.to = 80}))));
  const Filter raw({444}, kPlan, LinkType::raw_ip);
  EXPECT_TRUE(raw.takes(kRequest4));
  EXPECT_FALSE(raw.takes(ipv4({}, tcp({.to = 80}))));
}

TEST(FilterFor, HoldsALargePlan) {
  std::vector<IpAddress> many;
  for (int i = 0; i < 32; ++i) {
    many.push_back(parse_address("10.137.2." + std::to_string(i)).value());
    many.push_back(parse_address("2001:db8:2::" + std::to_string(i)).value());
  }
  const Filter filter({443, 444, 445, 5061}, many);
  EXPECT_TRUE(filter.takes(ethernet(kIpv6, kRequest6, "8100 0064")));
}

}  // namespace
}  // namespace hairpin::capture

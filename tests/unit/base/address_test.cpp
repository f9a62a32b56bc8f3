// SPDX-License-Identifier: Apache-2.0
#include "base/address.hpp"

#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

namespace hairpin {
namespace {

TEST(Address, IsWrittenAsItWasRead) {
  for (const auto* text : {"0.0.0.0", "10.137.2.21", "255.255.255.255", "::", "::1", "2001:db8::21",
                           "fe80::1", "2001:db8:0:1:1:1:1:1", "1:2:3:4:5:6:7:8", "64:ff9b::102:304"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
}

TEST(Address, IsWrittenInTheShortForm) {
  EXPECT_EQ(to_string(*parse_address("2001:0DB8:0000:0000:0000:0000:0000:0021")), "2001:db8::21");
  EXPECT_EQ(to_string(*parse_address("2001:db8:0:0:1:0:0:1")), "2001:db8::1:0:0:1");
}

TEST(Address, HasOneSpellingOnly) {
  for (const auto* text : {"",
                           " ",
                           "10.1.2",
                           "10.1.2.3.4",
                           "10.1.2.256",
                           "010.1.2.3",
                           "10.1.2.03",
                           "0x0a.1.2.3",
                           "167837955",
                           "10.1.2.3 ",
                           " 10.1.2.3",
                           "10.1.2.3/24",
                           "10.1.2.3:80",
                           "::ffff:10.1.2.3",
                           "::ffff:a01:203",
                           "fe80::1%eth0",
                           "[::1]",
                           ":::",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "1:2:3:4:5:6:7",
                           "localhost"})
    EXPECT_FALSE(parse_address(text)) << text;
  EXPECT_FALSE(parse_address(std::string_view("10.1.2.3\0x", 10)));
}

TEST(Address, OfDifferentFamiliesIsNeverEqual) {
  EXPECT_NE(*parse_address("0.0.0.0"), *parse_address("::"));
  EXPECT_TRUE(parse_address("0.0.0.0")->is_unspecified());
  EXPECT_TRUE(parse_address("::")->is_unspecified());
  EXPECT_FALSE(parse_address("::1")->is_unspecified());
}

TEST(Address, ComesFromBytes) {
  const std::uint8_t four[] = {10, 137, 2, 21};
  EXPECT_EQ(to_string(IpAddress::v4(four)), "10.137.2.21");
  EXPECT_EQ(IpAddress::v4(four).size(), 4u);
  const std::uint8_t sixteen[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21};
  EXPECT_EQ(to_string(IpAddress::v6(sixteen)), "2001:db8::21");
  EXPECT_EQ(IpAddress::v6(sixteen).size(), 16u);
}

TEST(Endpoint, IsWrittenAsItWasRead) {
  for (const auto* text : {"10.1.2.3:444", "[2001:db8::1]:444", "[::1]:1", "0.0.0.0:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, NeedsAddressAndPortAndBracketsForIpv6Only) {
  for (const auto* text :
       {"", ":", "10.1.2.3", "10.1.2.3:", ":444", "10.1.2.3:0", "10.1.2.3:65536", "10.1.2.3:-1",
        "10.1.2.3: 444", "10.1.2.3:444 ", "10.1.2.3:+444", "[10.1.2.3]:444", "2001:db8::1:444",
        "[2001:db8::1]", "[2001:db8::1]444", "[]:444", "[::1:444", "oc01:444"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Endpoint, IsPrintedAsTcpdumpDoes) {
  EXPECT_EQ(tcpdump_form(*parse_endpoint("10.1.2.3:444")), "10.1.2.3.444");
  EXPECT_EQ(tcpdump_form(Tuple{*parse_endpoint("[2001:db8::1]:444"), *parse_endpoint("[2001:db8::2]:50000")}),
            "2001:db8::1.444 > 2001:db8::2.50000");
}

TEST(Tuple, ReversesToTheReply) {
  const Tuple tuple{*parse_endpoint("10.1.2.3:444"), *parse_endpoint("10.1.2.4:50000")};
  EXPECT_EQ(tuple.reversed().source, tuple.destination);
  EXPECT_NE(tuple.reversed(), tuple);
  EXPECT_EQ(tuple.reversed().reversed(), tuple);
}

TEST(Tuple, HashesDirectionsAndPortsApart) {
  const Tuple tuple{*parse_endpoint("10.1.2.3:444"), *parse_endpoint("10.1.2.4:50000")};
  std::unordered_set<std::size_t> hashes{std::hash<Tuple>{}(tuple), std::hash<Tuple>{}(tuple.reversed())};
  for (std::uint16_t port = 1; port <= 1000; ++port)
    hashes.insert(std::hash<Tuple>{}(Tuple{tuple.source, {tuple.destination.address, port}}));
  EXPECT_GE(hashes.size(), 1001u);
}

TEST(Prefix, IsWrittenAsItWasRead) {
  for (const auto* text : {"0.0.0.0/0", "10.137.2.0/24", "10.137.2.21/32", "10.128.0.0/9", "::/0",
                           "2001:db8::/32", "2001:db8::1/128", "2001:db8:0:8000::/49"}) {
    const auto prefix = parse_prefix(text);
    ASSERT_TRUE(prefix) << text;
    EXPECT_EQ(to_string(*prefix), text);
  }
}

TEST(Prefix, HasNoHostBitsAndALengthInRange) {
  for (const auto* text :
       {"10.137.2.0", "10.137.2.1/24", "10.137.2.0/33", "10.137.2.0/", "/24", "10.137.2.0/-1",
        "10.137.2.0/024x", "10.64.0.0/9", "2001:db8::/129", "2001:db8::1/64", "10.137.2.0/24/24"})
    EXPECT_FALSE(parse_prefix(text)) << text;
}

TEST(Prefix, ContainsItsEdgesAndNothingBeyond) {
  const auto contains = [](const char* prefix, const char* address) {
    return parse_prefix(prefix)->contains(*parse_address(address));
  };
  EXPECT_TRUE(contains("10.137.2.0/24", "10.137.2.0"));
  EXPECT_TRUE(contains("10.137.2.0/24", "10.137.2.255"));
  EXPECT_FALSE(contains("10.137.2.0/24", "10.137.3.0"));
  EXPECT_TRUE(contains("10.137.2.16/28", "10.137.2.31"));
  EXPECT_FALSE(contains("10.137.2.16/28", "10.137.2.32"));
  EXPECT_TRUE(contains("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_TRUE(contains("2001:db8::1/128", "2001:db8::1"));
  EXPECT_FALSE(contains("2001:db8::1/128", "2001:db8::2"));
}

TEST(MacAddress, IsWrittenInLowerCase) {
  EXPECT_EQ(to_string(*parse_mac("02:00:0A:89:02:15")), "02:00:0a:89:02:15");
}

TEST(MacAddress, HasSixPairsWithColons) {
  for (const auto* text :
       {"", "02:00:0a:89:02", "02:00:0a:89:02:15:16", "02-00-0a-89-02-15", "0200.0a89.0215",
        "02:00:0a:89:02:1g", "02:00:0a:89:02:-1", "02:00:0a:89:02 15", " 2:00:0a:89:02:15"})
    EXPECT_FALSE(parse_mac(text)) << text;
}

TEST(Port, IsADecimalNumberInRange) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const auto* text : {"", "0", "65536", "-1", "+1", "444 ", " 444", "0x1bc", "4e2", "444.0"})
    EXPECT_FALSE(parse_port(text)) << text;
}

}  // namespace
}  // namespace hairpin

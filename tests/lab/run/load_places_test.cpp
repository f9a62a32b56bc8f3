// SPDX-License-Identifier: Apache-2.0
// Where the connections of a load come from, as the member saw them.
#include "hairpin/load/places.hpp"
#include "loads.hpp"

namespace hairpin {
namespace {

using test::Loads;
using testing::HasSubstr;

constexpr std::uint16_t kFirst = 21'000, kLast = 21'059;

TEST_F(Loads, ComeFromTheAddressesAndPortsThatWereAskedFor) {
  change_topology({{"addresses: [127.0.0.1]", "addresses: [127.0.0.1, 127.0.0.3]"}});
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.source_addresses.are_all = true;
  options.source_ports = SourcePorts{kFirst, kLast};
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& whole = results.final->whole;
  EXPECT_EQ(whole.sustained.completed, 100U) << whole.first_failure;
  EXPECT_EQ(addresses_text(whole.shape.sources), "127.0.0.1, 127.0.0.3");
  ASSERT_EQ(results.final->served.size(), 1U);
  const auto& served = results.final->served.front();
  EXPECT_EQ(served.peers.size(), 2U);
  ASSERT_EQ(served.ports.size(), 2U);
  for (const auto& ports : served.ports) {
    EXPECT_NEAR(static_cast<double>(ports.connections), static_cast<double>(whole.counts.established) / 2, 1) << to_string(ports.address);
    EXPECT_GE(ports.first, kFirst) << to_string(ports.address);
    EXPECT_LE(ports.last, kLast) << to_string(ports.address);
    EXPECT_GE(ports.distinct, 50U) << "in turn";
  }
}

TEST_F(Loads, ComeFromOneOfSeveralAddressesWhereThatIsNamed) {
  change_topology({{"addresses: [127.0.0.1]", "addresses: [127.0.0.1, 127.0.0.3]"}});
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.source_addresses.named = {*parse_address("127.0.0.3")};
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& ports = results.final->served.front().ports;
  ASSERT_EQ(ports.size(), 1U);
  EXPECT_EQ(to_string(ports.front().address), "127.0.0.3");
}

/// What the topology declares is not what the host has.
TEST_F(Loads, AreRefusedByAHostThatHasNoSuchAddress) {
  change_topology({{"addresses: [127.0.0.1]", "addresses: [127.0.0.1, 192.0.2.9]"}});
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.source_addresses.are_all = true;
  const auto results = load();
  EXPECT_FALSE(results.final);
  EXPECT_THAT(results.impossible, HasSubstr("load from 192.0.2.9: client1 has no such address"));
}

TEST_F(Loads, AreNotMadeWithFewerPortsThanConnections) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.source_ports = SourcePorts{kFirst, kFirst + 58};
  const auto results = load();
  EXPECT_FALSE(results.final);
  EXPECT_THAT(results.impossible, HasSubstr("59 ports of 1 address) are fewer than its 60 connections"));
}

}  // namespace
}  // namespace hairpin

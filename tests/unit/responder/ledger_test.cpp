// SPDX-License-Identifier: Apache-2.0
#include "responder/load/ledger.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace hairpin::responder {
namespace {

IpAddress address(std::size_t number) {
  const std::uint8_t bytes[] = {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number & 0xff)};
  return IpAddress::v4(bytes);
}

TEST(Ledger, KeepsClientsApartByAddressAndIdentity) {
  Ledger ledger("oc02", 444);
  ledger.client(address(1), "").connections = 1;
  ledger.client(address(1), "oc01").connections = 2;
  ledger.client(address(2), "oc01").connections = 3;
  ledger.client(address(1), "oc01").connections += 10;
  const auto counts = ledger.snapshot();
  ASSERT_EQ(counts.clients.size(), 3u);
  EXPECT_EQ(counts.clients[1].connections, 12u);
  EXPECT_EQ(counts.clients[1].identity, "oc01");
  EXPECT_EQ(counts.clients_left_out, 0u);
  EXPECT_EQ(counts.host, "oc02");
  EXPECT_EQ(counts.port, 444);
}

TEST(Ledger, IsBoundedHoweverManyClientsCome) {
  Ledger ledger("oc02", 444);
  auto& first = ledger.client(address(0), "");
  for (std::size_t i = 0; i < Ledger::kMostClients + 5; ++i) ++ledger.client(address(i), "").connections;
  EXPECT_EQ(&ledger.client(address(0), ""), &first) << "references stay";
  const auto counts = ledger.snapshot();
  EXPECT_EQ(counts.clients.size(), Ledger::kMostClients);
  EXPECT_EQ(counts.clients_left_out, 5u);
}

/// Where no root is named nobody has verified them, and frames have to be JSON in UTF-8 (RFC 8259 §8.1).
TEST(Ledger, CutsNamesThatAClientGaveItself) {
  Ledger ledger("oc02", 444);
  const std::string name = "\xff\n" + std::string(Ledger::kMostNameBytes, 'a');
  ++ledger.client(address(1), name + "1").connections;
  ++ledger.client(address(1), name + "2").connections;
  const auto counts = ledger.snapshot();
  ASSERT_EQ(counts.clients.size(), 1u);
  EXPECT_EQ(counts.clients[0].identity, "??" + std::string(Ledger::kMostNameBytes - 2, 'a'));
  EXPECT_EQ(counts.clients[0].connections, 2u);
}

TEST(Ledger, AnAccountIsReadAsItWasWritten) {
  Ledger ledger("oc02", 444);
  ledger.sums.requests = 7;
  ledger.client(address(1), "oc01").body_bytes = 9;
  const auto read = from_json<LoadCounts>(to_json(ledger.snapshot()), "counts");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->requests, 7u);
  EXPECT_EQ(read->clients.at(0).body_bytes, 9u);
}

TEST(Ledger, SaysWhichPortsOfAnAddressWereInUseAtOnce) {
  Ledger ledger("oc02", 444);
  auto* const ports = ledger.ports(address(1));
  ASSERT_NE(ports, nullptr);
  for (const std::uint16_t port : {std::uint16_t{40'003}, std::uint16_t{40'000}, std::uint16_t{40'001}}) ports->begin(port);
  ports->end();
  ports->begin(40'000);
  ports->end();
  ports->end();
  ledger.ports(address(2))->begin(65'535);
  const auto counts = ledger.snapshot();
  ASSERT_EQ(counts.ports.size(), 2u);
  const auto& first = counts.ports[0];
  EXPECT_EQ(first.address, address(1));
  EXPECT_EQ(first.connections, 4u);
  EXPECT_EQ(first.distinct, 3u);
  EXPECT_EQ(first.first, 40'000);
  EXPECT_EQ(first.last, 40'003);
  EXPECT_EQ(first.most_open, 3u);
  EXPECT_EQ(first.descents, 2u);
  EXPECT_EQ(counts.ports[1].first, 65'535);
  EXPECT_EQ(counts.ports[1].last, 65'535);
}

TEST(Ledger, KeepsThePortsOfSoManyAddressesOnly) {
  Ledger ledger("oc02", 444);
  for (std::size_t i = 0; i < Ledger::kMostAddresses; ++i) EXPECT_NE(ledger.ports(address(i)), nullptr);
  EXPECT_EQ(ledger.ports(address(Ledger::kMostAddresses)), nullptr);
  EXPECT_NE(ledger.ports(address(0)), nullptr);
}

}  // namespace
}  // namespace hairpin::responder

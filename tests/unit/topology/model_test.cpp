// SPDX-License-Identifier: Apache-2.0
#include "topology/model.hpp"

#include "tests/unit/topology/files.hpp"

namespace hairpin {
namespace {

TEST(Model, WritesAgentsAsTheFileSpellsThem) {
  EXPECT_EQ(to_string(AgentAddress(UnixAgent{"/run/a.sock"})), "unix:/run/a.sock");
  EXPECT_EQ(to_string(AgentAddress(TcpAgent{*parse_endpoint("[fd00::1]:7411")})), "[fd00::1]:7411");
  EXPECT_EQ(to_string(AgentAddress(SshAgent{"root@oc01"})), "ssh:root@oc01");
}

TEST(Model, TakesTheFirstAddressOfAFamily) {
  const auto topology = topology_of("dual-stack.yaml");
  const auto* host = topology.host("oc02");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->address(Family::ipv4), parse_address("10.137.2.22"));
  EXPECT_EQ(host->address(Family::ipv6), parse_address("2001:db8:2::22"));
  EXPECT_FALSE(topology.host("client4")->address(Family::ipv6));
}

TEST(Model, KnowsWhoOwnsAnAddressOrSelfIp) {
  const auto topology = topology_of("design.yaml");
  ASSERT_TRUE(topology.owner_of(*parse_address("10.137.2.4")));
  EXPECT_EQ(topology.owner_of(*parse_address("10.137.2.4"))->name, "bigip");
  EXPECT_EQ(topology.owner_of(*parse_address("10.137.2.22"))->name, "oc02");
  EXPECT_FALSE(topology.owner_of(*parse_address("10.137.2.11")));
  EXPECT_FALSE(topology.host("oc03"));
}

TEST(Model, CallsNeighboursOnlyHostsThatADeclaredNetworkHolds) {
  const auto topology = topology_of("design.yaml");
  const auto& client = *topology.host("client1");
  const auto& oc01 = *topology.host("oc01");
  const auto& oc02 = *topology.host("oc02");
  EXPECT_TRUE(topology.are_neighbours(oc01, oc02, Family::ipv4));
  EXPECT_FALSE(topology.are_neighbours(oc01, oc02, Family::ipv6));
  EXPECT_FALSE(topology.are_neighbours(client, oc01, Family::ipv4));
  const auto undeclared = read(small_topology());
  EXPECT_FALSE(undeclared.are_neighbours(*undeclared.host("oc01"), *undeclared.host("oc02"), Family::ipv4));
}

TEST(Model, NamesItsExpectations) {
  EXPECT_EQ(to_string(SnatType::none), "none");
  EXPECT_EQ(to_string(SnatType::automap), "automap");
  EXPECT_EQ(to_string(SnatType::pool), "pool");
  EXPECT_EQ(to_string(ReturnPath::direct), "direct");
  EXPECT_EQ(to_string(ReturnPath::through_load_balancer), "through_load_balancer");
}

}  // namespace
}  // namespace hairpin

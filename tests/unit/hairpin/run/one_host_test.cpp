// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/one_host.hpp"

#include <gmock/gmock.h>

#include "topology/plan.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;

/// oc01 10.137.2.21/24, or its IPv6 twin.
Looker oc01(Family family = Family::ipv4) {
  const bool is_v4 = family == Family::ipv4;
  InterfaceFacts eth0;
  eth0.name = "eth0";
  eth0.addresses = {*parse_address(is_v4 ? "10.137.2.21" : "2001:db8:2::21")};
  eth0.prefixes = {*parse_prefix(is_v4 ? "10.137.2.0/24" : "2001:db8:2::/64")};
  RouteFacts route;
  route.to = *parse_address(is_v4 ? "10.137.2.11" : "2001:db8:2::11");
  route.source = eth0.addresses.front();
  return {"oc01", "unix:/run/x.sock", route, {eth0}};
}

OneHost pool(const std::string& vip, std::initializer_list<const char*> members) {
  OneHost wanted;
  wanted.vip = vip;
  for (const auto* member : members) wanted.members.push_back(*parse_member(member));
  return wanted;
}

Topology read(const Result<std::string>& text) {
  if (!text) {
    ADD_FAILURE() << describe(text.error());
    return {};
  }
  const auto reading = read_topology(*text);
  for (const auto& problem : reading.problems) ADD_FAILURE() << describe(problem, "topology") << "\n" << *text;
  return reading.topology.value_or(Topology{});
}

std::string refusal_of(const OneHost& wanted, const Looker& looker) {
  const auto text = one_host_topology(wanted, looker);
  return text ? "" : describe(text.error());
}

TEST(OneHost, ThatIsAMemberProbesEveryMemberAndItself) {
  const auto topology = read(one_host_topology(pool("10.137.2.11:444", {"10.137.2.21", "oc02=10.137.2.22"}), oc01()));
  ASSERT_EQ(topology.pools.size(), 1u);
  EXPECT_THAT(topology.pools[0].members, testing::ElementsAre("oc01", "oc02"));
  EXPECT_THAT(topology.pools[0].sources, testing::ElementsAre("oc01"));
  EXPECT_EQ(topology.pools[0].virtual_servers[0].depth, Depth::hello) << "the real service listens there";
  EXPECT_TRUE(topology.are_neighbours(*topology.host("oc01"), *topology.host("oc02"), Family::ipv4));
  EXPECT_TRUE(make_plan(topology).listeners.empty());
}

TEST(OneHost, ThatIsNoMemberIsASourceBesideThem) {
  const auto topology = read(one_host_topology(pool("10.137.2.11:444", {"10.137.2.22", "10.137.2.23"}), oc01()));
  EXPECT_EQ(topology.hosts.size(), 4u);
  EXPECT_THAT(topology.pools[0].members, testing::ElementsAre("10.137.2.22", "10.137.2.23"));
}

TEST(OneHost, SpeaksIpv6) {
  const auto topology = read(one_host_topology(pool("[2001:db8:2::11]:444", {"2001:db8:2::21", "2001:db8:2::22"}), oc01(Family::ipv6)));
  EXPECT_THAT(topology.pools[0].members, testing::ElementsAre("oc01", "2001-db8-2--22"));
}

TEST(OneHost, TakesPortNameAndPromise) {
  auto wanted = pool("10.137.2.11:444", {"10.137.2.22"});
  wanted.member_port = 8444;
  wanted.fqdn = "pool01.example.com";
  wanted.probe = "http";
  wanted.path = "/x";
  wanted.snat = "automap";
  wanted.self_ips = {"10.137.2.4"};
  const auto topology = read(one_host_topology(wanted, oc01()));
  const auto& server = topology.pools[0].virtual_servers[0];
  EXPECT_EQ(server.member_port, 8444);
  EXPECT_EQ(server.path, "/x");
  EXPECT_EQ(server.expect.snat.at(0).type, SnatType::automap);
  EXPECT_EQ(topology.pools[0].fqdn, "pool01.example.com");
}

TEST(OneHost, SaysWhatItCannotCheck) {
  EXPECT_THAT(refusal_of(pool("10.137.2.11", {"10.137.2.22"}), oc01()), HasSubstr("write ADDRESS:PORT"));
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {}), oc01()), HasSubstr("give --member"));
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {"2001:db8::1"}), oc01()), HasSubstr("VIP's family"));
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {"10.137.2.11"}), oc01()), HasSubstr("the VIP itself"));
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {"a=10.137.2.22", "a=10.137.2.23"}), oc01()), HasSubstr("another name"));
  auto holder = oc01();
  holder.to_vip.is_local = true;
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {"10.137.2.22"}), holder), HasSubstr("holds that address itself"));
  auto lost = oc01();
  lost.to_vip.error = "Network is unreachable";
  EXPECT_THAT(refusal_of(pool("10.137.2.11:444", {"10.137.2.22"}), lost), HasSubstr("Network is unreachable"));
  EXPECT_FALSE(parse_member("oc02"));
}

TEST(OneHost, IsCalledAsTheUserCallsIt) {
  const auto wanted = pool("10.137.2.11:444", {"front-a=10.137.2.21", "front-b=10.137.2.22"});
  EXPECT_EQ(name_of_looker(wanted, oc01()), "front-a");
  EXPECT_THAT(read(one_host_topology(wanted, oc01())).pools[0].sources, testing::ElementsAre("front-a"));
  EXPECT_EQ(name_of_looker(pool("10.137.2.11:444", {"10.137.2.21"}), oc01()), "oc01");
}

TEST(StartingTopology, LetsEveryHostOpenConnections) {
  const auto topology = read(starting_topology(pool("10.137.2.11:444", {"oc02=10.137.2.22", "oc03=10.137.2.23"}), oc01()));
  EXPECT_THAT(topology.pools[0].sources, testing::UnorderedElementsAre("oc01", "oc02", "oc03"));
}

TEST(StartingTopology, CanBeReadAsItIs) {
  const auto text = starting_topology(pool("10.137.2.11:444", {"oc01=10.137.2.21", "oc02=10.137.2.22"}), oc01());
  const auto topology = read(text);
  EXPECT_EQ(topology.pools[0].members.size(), 2u);
  EXPECT_THAT(*text, HasSubstr("# agent:"));
}

}  // namespace
}  // namespace hairpin

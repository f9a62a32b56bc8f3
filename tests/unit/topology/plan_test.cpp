// SPDX-License-Identifier: Apache-2.0
#include "topology/plan.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/topology/files.hpp"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// "source > vip: members", and the reason where there is one.
std::vector<std::string> shown_sources(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& source : plan.sources) {
    auto line = source.source + " > " + to_string(source.vip) + ":";
    for (const auto& member : source.members) line += " " + member;
    if (!source.skip_reason.empty()) line += " | " + source.skip_reason;
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> shown_directs(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& direct : plan.directs)
    lines.push_back(direct.source + " > " + direct.member + " " + to_string(direct.endpoint));
  return lines;
}

TEST(AttemptsToCover, IsTheTableOfTheMethod) {
  // method.md B.6: members, and attempts for 5 %, 1 %, 0.1 % and 1e-6.
  struct Row {
    std::size_t members;
    std::uint32_t five, one, tenth, millionth;
  };
  constexpr Row kTable[] = {{2, 6, 8, 11, 21},          {3, 11, 15, 20, 37},      {4, 16, 21, 29, 53},
                            {5, 21, 28, 39, 70},        {8, 38, 51, 68, 120},     {10, 51, 66, 88, 153},
                            {16, 90, 115, 150, 258},    {32, 203, 255, 327, 545}, {64, 453, 557, 703, 1142},
                            {100, 754, 916, 1146, 1833}};
  for (const auto& row : kTable) {
    EXPECT_EQ(attempts_to_cover(row.members, 0.05), row.five) << row.members;
    EXPECT_EQ(attempts_to_cover(row.members, 0.01), row.one) << row.members;
    EXPECT_EQ(attempts_to_cover(row.members), row.tenth) << row.members;
    EXPECT_EQ(attempts_to_cover(row.members, 1e-6), row.millionth) << row.members;
  }
}

TEST(AttemptsToCover, NeedsNothingWithoutChoice) {
  EXPECT_EQ(attempts_to_cover(0), 0u);
  EXPECT_EQ(attempts_to_cover(1), 1u);
}

TEST(AttemptsToCover, StaysBelowTheUnionBoundForManyMembers) {
  for (const std::size_t members : {200u, 256u, 1000u, 5000u}) {
    const auto count = static_cast<double>(members);
    EXPECT_LE(attempts_to_cover(members), std::ceil(std::log(count / 0.001) * count)) << members;
    EXPECT_GT(attempts_to_cover(members), attempts_to_cover(members - 1)) << members;
  }
}

TEST(Plan, SendsEverySourceToEveryMemberItselfIncluded) {
  const auto plan = make_plan(topology_of("design.yaml"));
  EXPECT_THAT(shown_sources(plan),
              ElementsAre("client1 > 10.137.2.11:444: oc01 oc02", "oc01 > 10.137.2.11:444: oc01 oc02",
                          "oc02 > 10.137.2.11:444: oc01 oc02"));
  for (const auto& source : plan.sources) {
    EXPECT_EQ(source.attempt_budget, 11u);
    EXPECT_EQ(source.pool, "pool01");
    EXPECT_EQ(source.virtual_server, "mcu-factory");
  }
  EXPECT_TRUE(plan.skipped.empty());
}

TEST(Plan, RunsTheDirectControlBetweenNeighboursAndNeverToItself) {
  EXPECT_THAT(shown_directs(make_plan(topology_of("design.yaml"))),
              ElementsAre("oc01 > oc02 10.137.2.22:444", "oc02 > oc01 10.137.2.21:444"));
}

TEST(Plan, AssumesNoNeighboursWithoutDeclaredNetworks) {
  EXPECT_THAT(shown_directs(make_plan(read(small_topology()))), ElementsAre());
}

TEST(Plan, RunsTheDirectControlFromWhereTheTopologySaysSo) {
  auto text = small_topology("{ name: web, member_port: 8443 }");
  text.replace(text.find("[10.137.1.10]"), 13, "[10.137.1.10], direct: true");
  EXPECT_THAT(shown_directs(make_plan(read(text))),
              ElementsAre("client1 > oc01 10.137.2.21:8443", "client1 > oc02 10.137.2.22:8443"));
}

TEST(Plan, RunsNoDirectControlFromASourceThatIsLeftOut) {
  auto text = small_topology("{ name: web }", "    sources: { except: { client1: gone } }\n");
  text.replace(text.find("[10.137.1.10]"), 13, "[10.137.1.10], direct: true");
  EXPECT_THAT(shown_directs(make_plan(read(text))), ElementsAre());
}

TEST(Plan, SkipsSourcesWithTheirReason) {
  const auto plan =
      make_plan(read(small_topology("{ name: web }", "    sources: { except: { oc02: frozen } }\n")));
  EXPECT_THAT(shown_sources(plan),
              ElementsAre("client1 > 10.137.2.11:444: oc01 oc02", "oc01 > 10.137.2.11:444: oc01 oc02",
                          "oc02 > 10.137.2.11:444: oc01 oc02 | left out by the topology: frozen"));
}

TEST(Plan, TakesTheSourcesThatAreListedAndNoOthers) {
  const auto plan = make_plan(read(small_topology("{ name: web }", "    sources: [oc02]\n")));
  EXPECT_THAT(shown_sources(plan), ElementsAre("oc02 > 10.137.2.11:444: oc01 oc02"));
}

TEST(Plan, BehindDirectReturnAMemberReachesOnlyItself) {
  const auto plan = make_plan(topology_of("npath.yaml"));
  EXPECT_THAT(shown_sources(plan),
              ElementsAre("client1 > 10.137.2.11:444: oc01 oc02 oc03", "oc01 > 10.137.2.11:444: oc01",
                          "oc02 > 10.137.2.11:444: oc02", "oc03 > 10.137.2.11:444: oc03",
                          "client1 > 10.137.2.11:7007: oc01 oc02 oc03", "oc01 > 10.137.2.11:7007: oc01",
                          "oc02 > 10.137.2.11:7007: oc02", "oc03 > 10.137.2.11:7007: oc03"));
  ASSERT_EQ(plan.skipped.size(), 12u);
  EXPECT_EQ(plan.skipped[0].source, "oc01");
  EXPECT_EQ(plan.skipped[0].member, "oc02");
  EXPECT_EQ(plan.skipped[0].virtual_server, "web");
  EXPECT_EQ(plan.skipped[0].reason, "with direct return oc01 holds the VIP itself and reaches only itself");
  EXPECT_EQ(plan.sources[0].attempt_budget, 20u);
  EXPECT_EQ(plan.sources[1].attempt_budget, kSettledTrips);
}

TEST(Plan, PairsEachVipWithItsOwnFamily) {
  const auto plan = make_plan(topology_of("dual-stack.yaml"), Family::ipv6);
  EXPECT_THAT(
      shown_sources(plan),
      testing::IsSupersetOf(
          {"client4 > [2001:db8:2::11]:443: oc01 oc02 | client4 has no IPv6 address",
           "client6 > [2001:db8:2::11]:443: oc01 oc02",
           "frozen > [2001:db8:2::11]:5061: oc01 oc02 | left out by the topology: frozen until Monday",
           "oc01 > [2001:db8:2::11]:5061: oc01 oc02"}));
  EXPECT_EQ(plan.sources.size(), 10u);
  for (const auto& address : plan.addresses) EXPECT_EQ(address.family, Family::ipv6) << to_string(address);
}

TEST(Plan, KeepsTheAddressesAndPortsOfBothLegs) {
  const auto plan = make_plan(topology_of("ipv6.yaml"));
  std::vector<std::string> addresses;
  for (const auto& address : plan.addresses) addresses.push_back(to_string(address));
  EXPECT_THAT(addresses,
              UnorderedElementsAre("2001:db8:1::10", "2001:db8:2::21", "2001:db8:2::22", "2001:db8:2::5",
                                   "2001:db8:2::4", "2001:db8:2::11", "2001:db8:2::40", "2001:db8:2::41"));
  EXPECT_THAT(plan.ports, ElementsAre(443, 8443));
}

TEST(Plan, ListensOncePerHostAndPortAndOnTheVipBehindDirectReturn) {
  const auto plan =
      make_plan(read(small_topology("{ name: a, port: 1, member_port: 9 }, { name: b, port: 2, member_port: "
                                    "9 }, { name: c, port: 3, expect: { return_path: direct } }")));
  ASSERT_EQ(plan.listeners.size(), 4u);
  EXPECT_EQ(plan.listeners[0].host, "oc01");
  EXPECT_EQ(plan.listeners[0].port, 9);
  EXPECT_THAT(plan.listeners[0].addresses, ElementsAre(*parse_address("10.137.2.21")));
  EXPECT_EQ(plan.listeners[3].host, "oc02");
  EXPECT_EQ(plan.listeners[3].port, 3);
  EXPECT_THAT(plan.listeners[3].addresses,
              ElementsAre(*parse_address("10.137.2.22"), *parse_address("10.137.2.11")));
}

TEST(Plan, ListensNowhereWhereTheRealServiceDoes) {
  EXPECT_TRUE(make_plan(read(small_topology("{ name: a, probe: hello }"))).listeners.empty());
  EXPECT_EQ(make_plan(read(small_topology("{ name: a, probe: tls }"))).listeners.size(), 2u);
}

TEST(Plan, NeedsOneMemberPerSourceWithPersistence) {
  const auto plan = make_plan(read(small_topology("{ name: a, expect: { persistence: source } }")));
  for (const auto& source : plan.sources) {
    EXPECT_EQ(source.attempt_budget, kSettledTrips);
    EXPECT_EQ(source.members.size(), 2u);
  }
}

TEST(Plan, IsEmptyForAFamilyWithoutVip) {
  const auto plan = make_plan(topology_of("design.yaml"), Family::ipv6);
  EXPECT_TRUE(plan.sources.empty() && plan.directs.empty() && plan.listeners.empty() &&
              plan.addresses.empty() && plan.ports.empty());
}

}  // namespace
}  // namespace hairpin

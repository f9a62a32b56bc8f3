// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/view/view.hpp"

#include <gtest/gtest.h>

// The outputs have the form of published ones, with other addresses.
namespace hairpin::f5 {
namespace {

TEST(F5View, ReadsConnectionsWithTheirFourEnds) {
  const auto view = parse_connections(
      "Sys::Connections\n"
      "10.1.0.15:38996   10.1.8.10:444  10.1.8.15:47670  10.1.11.63:444  tcp  20   (tmm: 0)  none\n"
      "10.1.9.43%2:45829    10.1.8.10%2:444  10.1.8.15%2:47676  10.1.11.63%2:444  tcp  11   (tmm: 1)  both-sides\n"
      "2001:db8::9.45829    2001:db8::1.444  any6.any  any6.any  tcp  3   (tmm: 1)  none\n"
      "something else\n"
      "Total records returned: 3\n");
  ASSERT_EQ(view.rows.size(), 3u);
  EXPECT_EQ(view.not_understood, 1u);
  EXPECT_EQ(to_string(*view.rows[0].client.address), "10.1.0.15");
  EXPECT_EQ(view.rows[0].client.port, 38996);
  EXPECT_EQ(to_string(*view.rows[0].snat.address), "10.1.8.15");
  EXPECT_EQ(to_string(*view.rows[0].member.address), "10.1.11.63");
  EXPECT_EQ(view.rows[0].idle_s, 20u);
  EXPECT_EQ(view.rows[1].tmm, 1u);
  EXPECT_EQ(view.rows[1].client.route_domain, 2u);
  EXPECT_EQ(to_string(*view.rows[2].client.address), "2001:db8::9");
  EXPECT_FALSE(view.rows[2].member.address);
  EXPECT_FALSE(view.rows[2].member.port);
}

TEST(F5View, ReadsConnectionsWithAllTheirProperties) {
  const auto view = parse_connection_paragraphs(
      "Sys::Connections\n"
      "10.1.0.15:49931 - 10.1.8.10:444 - 10.1.8.15:47670 - 10.1.11.63:444\n"
      "---------------------------------------------------------------------\n"
      "  TMM           1\n  Type          any\n  Protocol      tcp\n  Idle Time     19\n  Idle Timeout  300\n"
      "  Lasthop       /Common/external 52:54:00:65:ad:80\n  Virtual Path  10.1.8.10:444\n  Conn Id 0  \n\n"
      "                       ClientSide        ServerSide\n"
      "  Client Addr  10.1.0.15:49931  10.1.8.15:47670\n"
      "  Bits In                   5.0K             34.8K\n"
      "  Packets In                1.2K                 5\n"
      "  Packets Out                  6                 6\n\n"
      "2001:db8::9.45829 - 2001:db8::1.444 - any6.any - any6.any\n  Idle Time  x\n  Packets In\n"
      "Total records returned: 2\n");
  ASSERT_EQ(view.rows.size(), 2u);
  EXPECT_EQ(view.not_understood, 0u);
  EXPECT_EQ(to_string(*view.rows[0].snat.address), "10.1.8.15");
  EXPECT_EQ(view.rows[0].snat.port, 47670);
  EXPECT_EQ(view.rows[0].idle_s, 19u);
  EXPECT_EQ(view.rows[0].tmm, 1u);
  EXPECT_EQ(view.rows[0].from_client, 1200u);
  EXPECT_EQ(view.rows[0].from_member, 5u);
  EXPECT_FALSE(view.rows[1].member.address);
  EXPECT_FALSE(view.rows[1].from_client);
  EXPECT_EQ(parse_connection_paragraphs("Welcome to this host\n").not_understood, 1u);
}

TEST(F5View, ReadsAVirtualServersStatusAndNotThatOfItsProfiles) {
  const auto view = parse_virtuals(
      "------------------------------------------------------------------\n"
      "Ltm::Virtual Server: frontend_80\n"
      "------------------------------------------------------------------\n"
      "Status\n"
      "  Availability     : available\n"
      "  State            : enabled\n"
      "  Reason           : The virtual server is available\n"
      "  CMP              : enabled\n"
      "  Destination      : 173.16.2.2:80\n"
      "\n"
      "Traffic                             ClientSide  Ephemeral  General\n"
      "  Current Connections                     1.2K          0        -\n"
      "  Total Connections                         15          0        -\n"
      "Ltm::ClientSSL Profile: x\n"
      "  Current Connections                     7\n"
      "Ltm::Virtual Server: /P/other\n"
      "  Availability     : offline\n");
  ASSERT_EQ(view.rows.size(), 2u);
  EXPECT_EQ(view.rows[0].name, "frontend_80");
  EXPECT_EQ(view.rows[0].availability, "available");
  EXPECT_EQ(view.rows[0].state, "enabled");
  EXPECT_EQ(view.rows[0].reason, "The virtual server is available");
  EXPECT_EQ(view.rows[0].destination->port, 80);
  EXPECT_EQ(view.rows[0].current_connections, 1200u);
  EXPECT_EQ(view.rows[0].total_connections, 15u);
  EXPECT_EQ(view.rows[1].name, "/P/other");
  EXPECT_EQ(view.rows[1].availability, "offline");
}

TEST(F5View, ReadsAPoolAndItsMembers) {
  const auto view = parse_pools(
      "Ltm::Pool: http-pool\n--------------------------------------\nStatus\n  Availability : available\n  State        : enabled\n"
      "  Reason       : The pool is available\n\nTraffic                ServerSide\n  Bits In                   37.3K\n"
      "  Current Connections           0\n  Total Connections            15\n\n"
      "Ltm::Pool Member: http-pool  10.10.40.40:80\n-------------------------------------------\nStatus\n"
      "  Availability : offline\n  State        : disabled\n  Reason       : Manually forced offline\n"
      "Ltm::Pool: second\n  | Ltm::Pool Member: web01:15000\n  |   Availability : available\n");
  ASSERT_EQ(view.rows.size(), 4u);
  EXPECT_FALSE(view.rows[0].member);
  EXPECT_EQ(view.rows[0].total_connections, 15u);
  ASSERT_TRUE(view.rows[1].member);
  EXPECT_EQ(view.rows[1].name, "http-pool");
  EXPECT_EQ(to_string(*view.rows[1].member->address), "10.10.40.40");
  EXPECT_EQ(view.rows[1].reason, "Manually forced offline");
  EXPECT_EQ(view.rows[3].name, "second");
  EXPECT_EQ(view.rows[3].member->text, "web01:15000");
  EXPECT_FALSE(view.rows[3].member->address);
  EXPECT_EQ(view.rows[3].availability, "available");
}

TEST(F5View, ReadsPersistenceRecords) {
  const auto view = parse_persistence(
      "(tmos)# show ltm persistence persist-records\nSys::Persistent Connections\n"
      "source-address  10.5.20.129  any:any  198.19.97.10:9090  (tmm: 3)\n"
      "source-address  10.1.10.50  10.1.10.100:80  10.1.20.12:80  (tmm: 0)\nTotal records returned: 2\n");
  ASSERT_EQ(view.rows.size(), 2u);
  EXPECT_EQ(view.not_understood, 0u);
  EXPECT_EQ(view.rows[0].key, "10.5.20.129");
  EXPECT_FALSE(view.rows[0].virtual_server.address);
  EXPECT_EQ(view.rows[0].member.port, 9090);
  EXPECT_EQ(view.rows[0].tmm, 3u);
}

TEST(F5View, CountsResetsByCauseAndWhatWasNew) {
  const std::string head = "--------------------------------\nTCP/IP Reset Cause\nRST Cause:                 Count\n--------------------------------\n";
  const auto before = parse_reset_causes(head + "Flow expired (sweeper)         1\nNo pool member available      72\nHA disconnect 9\n");
  const auto after = parse_reset_causes("[u@lb:Active:In Sync] ~ # tmsh show net rst-cause\n" + head +
                                        "Flow expired (sweeper)         1\nNo pool member available      85\nHA disconnect 2\n");
  ASSERT_EQ(before.rows.size(), 3u);
  EXPECT_EQ(before.rows[0].cause, "Flow expired (sweeper)");
  EXPECT_EQ(after.not_understood, 0u);
  const auto news = grown(before.rows, after.rows);
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].cause, "No pool member available");
  EXPECT_EQ(news[0].count, 13u);
  EXPECT_EQ(news[1].count, 2u) << "it was reset in between";
}

TEST(F5View, KnowsWhichUnitItIs) {
  EXPECT_EQ(parse_failover("Failover active for 0d 00:22:20\n"), FailoverState::active);
  EXPECT_EQ(parse_failover("Failover standby for 3d 01:00:00\n"), FailoverState::standby);
  EXPECT_EQ(parse_failover("Failover offline for 0d 00:00:01\n"), FailoverState::offline);
  EXPECT_EQ(parse_failover("command not found\n"), FailoverState::unknown);
  EXPECT_EQ(parse_failover("CM::Failover Status\nColor    gray\nStatus   STANDBY\nSummary  1/1 standby\n"), FailoverState::standby);
  EXPECT_EQ(parse_failover("Color    green\nStatus   ACTIVE\nDetails\n  active for /Common/traffic-group-1\n"), FailoverState::active);
  EXPECT_EQ(parse_failover("Status   PURPLE\n"), FailoverState::unknown);
}

}  // namespace
}  // namespace hairpin::f5

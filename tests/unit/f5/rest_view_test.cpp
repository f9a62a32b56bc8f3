// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/view/rest.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

// The documents have the form of published ones, with other addresses.
namespace hairpin::f5 {
namespace {

TEST(F5RestView, ReadsConnectionsWithTheCountsOfBothSides) {
  const auto view = rest_connections(boost::json::parse(R"({"kind":"tm:sys:connection:connectionstats","entries":{
    "https://localhost/mgmt/tm/sys/connection/0":{"nestedStats":{"entries":{
      "csClientAddr":{"description":"10.1.0.15%2"},"csClientPort":{"value":38996},"csServerAddr":{"description":"10.1.8.10"},"csServerPort":{"value":444},
      "ssClientAddr":{"description":"2001:db8::15"},"ssClientPort":{"value":47670},"ssServerAddr":{"description":"2001:db8::63"},"ssServerPort":{"value":444},
      "csPacketsIn":{"value":8},"ssPacketsIn":{"value":0},"idleTime":{"value":6},"protocol":{"value":6},"tmm":{"value":1}}}},
    "https://localhost/mgmt/tm/sys/connection/1":{"nestedStats":{"entries":{
      "csClientAddr":{"description":"10.1.0.15"},"csClientPort":{"value":1},"csServerAddr":{"description":"10.1.8.10"},"csServerPort":{"value":8},"protocol":{"value":1}}}},
    "https://localhost/mgmt/tm/sys/connection/2":{"nestedStats":{"entries":{"csClientPort":{"value":70000}}}},
    "https://localhost/mgmt/tm/sys/connection/3":[]}})"));
  ASSERT_EQ(view.rows.size(), 1u) << "ICMP is none of ours";
  EXPECT_EQ(view.not_understood, 2u);
  EXPECT_EQ(view.rows[0].client.route_domain, 2u);
  EXPECT_EQ(view.rows[0].client.port, 38996);
  EXPECT_EQ(to_string(*view.rows[0].member.address), "2001:db8::63");
  EXPECT_EQ(view.rows[0].from_client, 8u);
  EXPECT_EQ(view.rows[0].from_member, 0u);
  EXPECT_EQ(view.rows[0].idle_s, 6u);
}

TEST(F5RestView, ReadsTheStatusOfAVirtualServerAndOfMembers) {
  const auto view = rest_statuses(boost::json::parse(R"({"entries":{
    "https://localhost/a":{"nestedStats":{"entries":{"tmName":{"description":"/Common/vs"},"destination":{"description":"10.1.8.10:444"},
      "status.availabilityState":{"description":"offline"},"status.enabledState":{"description":"disabled"},"status.statusReason":{"description":"x\u001b[31my"},"clientside.curConns":{"value":3}}}},
    "https://localhost/b":{"nestedStats":{"entries":{"addr":{"description":"10.1.11.63%1"},"port":{"value":444},"poolName":{"description":"/Common/p"},
      "status.availabilityState":{"description":"available"},"status.enabledState":{"description":"enabled"}}}},
    "https://localhost/c":{"nestedStats":{"entries":{"tmName":{"value":7}}}}}})"));
  ASSERT_EQ(view.rows.size(), 2u);
  EXPECT_EQ(view.not_understood, 1u);
  EXPECT_EQ(view.rows[0].name, "/Common/vs");
  EXPECT_FALSE(view.rows[0].member);
  EXPECT_EQ(view.rows[0].reason.find('\x1b'), std::string::npos);
  EXPECT_EQ(view.rows[0].current_connections, 3u);
  EXPECT_EQ(to_string(*view.rows[1].member->address), "10.1.11.63");
}

TEST(F5RestView, ReadsUnitsCausesAndTheTextThatRestHandsOn) {
  const auto failover = [](const char* status) {
    return rest_failover(boost::json::parse(std::string(R"({"entries":{"https://localhost/0":{"nestedStats":{"entries":{"color":{"description":"green"},"status":{"description":")") + status + R"("}}}}}})"));
  };
  EXPECT_EQ(failover("ACTIVE"), FailoverState::active);
  EXPECT_EQ(failover("STANDBY"), FailoverState::standby);
  EXPECT_EQ(failover("FORCED OFFLINE"), FailoverState::forced_offline);
  EXPECT_EQ(failover("PURPLE"), FailoverState::unknown);
  const auto causes = rest_reset_causes(boost::json::parse(R"({"entries":{"u":{"nestedStats":{"entries":{"count":{"value":40},"rstCause":{"description":"handshake timeout"}}}},"v":{"nestedStats":{"entries":{"count":{"value":-1},"rstCause":{"description":"x"}}}}}})"));
  ASSERT_EQ(causes.rows.size(), 1u);
  EXPECT_EQ(causes.rows[0].count, 40u);
  EXPECT_EQ(causes.not_understood, 1u);
  const auto records = rest_persistence(boost::json::parse(R"({"apiRawValues":{"apiAnonymous":"Sys::Persistent Connections\nsource-address  10.5.20.129  any:any  198.19.97.10:9090  (tmm: 3)\nTotal records returned: 1\n"}})"));
  ASSERT_EQ(records.rows.size(), 1u);
  EXPECT_EQ(records.not_understood, 0u);
}

TEST(F5RestView, WhatIsNoDocumentOfTheseIsCounted) {
  for (const char* text : {"[]", "7", "\"x\"", "null"}) {
    EXPECT_EQ(rest_connections(boost::json::parse(text)).not_understood, 1u) << text;
    EXPECT_EQ(rest_statuses(boost::json::parse(text)).not_understood, 1u) << text;
  }
  EXPECT_EQ(rest_connections(boost::json::parse("{}")).not_understood, 0u) << "no connections";
}

}  // namespace
}  // namespace hairpin::f5

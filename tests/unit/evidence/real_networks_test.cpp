// SPDX-License-Identifier: Apache-2.0
// Networks as reviewers met them: monitors, routers with agents, VIPs that nobody declared, captures that drop.
#include <gtest/gtest.h>

#include "tests/unit/evidence/correlated.hpp"

namespace hairpin {
namespace {

using std::chrono::seconds;
using test::Correlated;
using test::established;
using test::foreign_connection;
using test::proxied;
using test::Scene;

TEST(RealNetworks, ABalancerThatNeverSawOurSynOpenedNothingForIt) {
  for (const bool is_reliable : {true, false}) {
    Scene scene;
    auto& trip = established(scene, "client1");
    std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip"; });
    if (!is_reliable) scene.observations.captures[3].dropped = 1;
    trip.ended += seconds(5);
    scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
    EXPECT_EQ(Correlated(scene).trips[0].server_leg.empty(), is_reliable);
  }
}

TEST(RealNetworks, WithoutTheVipsGreetingOnlyOurOwnPortIsInferred) {
  for (const bool keeps_port : {true, false}) {
    Scene scene;
    scene.vip_is_silent("client1").ended += seconds(5);
    auto tuple = proxied(scene, "oc02");
    if (keeps_port) tuple.source.port = scene.observations.probes[0].local->port;
    scene.send("bigip", "oc02", tuple, kSyn, 5);
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].member, keeps_port ? "oc02" : "");
    EXPECT_EQ(c.trips[0].ambiguities.empty(), keeps_port);
  }
}

TEST(RealNetworks, WhatComesFromAMonitorsAddressIsNoDoubtOfASilentVip) {
  Scene scene;
  const auto monitor = proxied(scene, "oc02");
  scene.send("bigip", "oc02", {{monitor.source.address, 50001}, monitor.destination}, kSyn, 4);
  scene.pass_time(seconds(10));
  scene.vip_is_silent("client1").ended += seconds(5);
  scene.send("bigip", "oc02", monitor, kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].ambiguities.empty());
}

TEST(RealNetworks, AnInferredLegFromAMonitorsAddressMayBeTheMonitors) {
  for (const bool has_monitor : {true, false}) {
    Scene scene;
    const auto leg = proxied(scene, "oc02");
    if (has_monitor) scene.send("bigip", "oc02", {{leg.source.address, 50001}, leg.destination}, kSyn, 4);
    scene.pass_time(seconds(10));
    established(scene, "client1").ended += seconds(5);
    scene.send("bigip", "oc02", leg, kSyn, 5);
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].member, "oc02");
    EXPECT_EQ(c.trips[0].may_be_monitors, has_monitor);
  }
}

TEST(RealNetworks, WhatIsRefusedAsAnotherConnectionsIsNoted) {
  for (const bool is_foreign_there : {true, false})
    for (const bool is_self_hairpin : {true, false}) {
      Scene scene;
      if (is_foreign_there) foreign_connection(scene, "oc01");
      if (is_self_hairpin) scene.proxied_self_hairpin("oc01");
      else scene.proxied_third_address("oc01", "oc02");
      const Correlated c(scene);
      EXPECT_EQ(c.trips[0].doubtful != nullptr, is_foreign_there);
      EXPECT_EQ(c.trips[0].ambiguities.empty(), !is_foreign_there);
    }
}

/// The client leg as a NAT router passes it on: from another source, with the number that the client gave it.
TEST(RealNetworks, ANattedClientLegIsNoServerLeg) {
  Scene scene;
  scene.vip_refuses("client1");
  for (auto& packet : scene.observations.packets) {
    if (packet.host != "bigip") continue;
    for (auto* end : {&packet.tuple.source, &packet.tuple.destination})
      if (end->address == scene.address("client1")) end->address = *parse_address("10.137.9.9");
  }
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].server_leg.empty());
  EXPECT_TRUE(c.trips[0].member.empty());
  EXPECT_NE(c.trips[0].client_leg_at("bigip"), nullptr);
}

TEST(RealNetworks, ARouterWithAnAgentSeesTheClientLeg) {
  Scene scene;
  scene.vip_refuses("client1");
  auto passing = scene.observations.packets;
  for (auto& packet : passing)
    if (packet.host == "client1") {
      packet.host = "router";
      packet.direction = packet.direction == Direction::in ? Direction::out : Direction::in;
      scene.observations.packets.push_back(packet);
    }
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].server_leg.empty());
  EXPECT_NE(c.trips[0].client_leg_at("router"), nullptr);
}

TEST(RealNetworks, AnotherVipThatNobodyDeclaredIsADoubt) {
  for (const auto* address : {"10.137.2.12", "10.137.9.99"}) {
    Scene scene;
    scene.send("oc01", "bigip", {{scene.address("oc01"), 50001}, {*parse_address(address), 444}}, kSyn, 4);
    scene.proxied_third_address("oc01", "oc02");
    EXPECT_EQ(Correlated(scene).trips[0].third_address, nullptr) << address;
  }
}

TEST(RealNetworks, WhatACaptureMayHaveDroppedIsNotMissing) {
  for (const bool is_reliable : {true, false})
    for (const bool is_balancer_seen : {true, false}) {
      Scene scene;
      if (!is_reliable) scene.observations.captures[1].dropped = 3;
      if (!is_balancer_seen) scene.blind("bigip");
      scene.proxied_third_address("oc01", "oc02");
      EXPECT_EQ(Correlated(scene).trips[0].third_address != nullptr, is_reliable || is_balancer_seen);
    }
}

TEST(RealNetworks, AnAnswerToOurPortArrivedWhateverNumberTheBalancerGave) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  for (auto& packet : scene.observations.packets) {  // FastL4 with numbers of its own
    const bool is_server_leg = packet.tuple.destination == scene.service("oc02") || packet.tuple.source == scene.service("oc02");
    if (!is_server_leg) continue;
    if (packet.is_syn()) packet.sequence += 12345;
    else if (packet.is_syn_ack()) packet.acknowledgement += 12345;
  }
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[0].third_address_match, MatchKey::third_address);
}

TEST(RealNetworks, ASynThatAFirewallRenumberedArrivedAtTheMember) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc02") packet.sequence += 12345;
  EXPECT_NE(Correlated(scene).trips[0].server_leg_at("oc02"), nullptr);
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Key 6: what only the order of events can join, and what it must not.
#include <gtest/gtest.h>

#include "tests/unit/evidence/correlated.hpp"

namespace hairpin {
namespace {

using std::chrono::seconds;
using test::Correlated;
using test::established;
using test::foreign_connection;
using test::proxied;
using test::renumber;
using test::Scene;

TEST(Inferred, WhatMayBeAnotherTripsIsNoServerLegEither) {
  Scene scene;
  scene.vip_refuses("oc01");
  scene.proxied_third_address("oc01", "oc02");
  renumber(scene, 49002, 40001);
  EXPECT_TRUE(Correlated(scene).trips[1].member.empty());
}

TEST(Inferred, WhatCameBackInDoubtIsNoServerLegEither) {
  for (const bool is_by_another_vip : {true, false}) {
    Scene scene;
    const Tuple other{{scene.address("oc01"), 50001}, {*parse_address("10.137.2.12"), 444}};
    if (is_by_another_vip) scene.send("oc01", "bigip", other, kSyn, 4);
    else foreign_connection(scene, "oc01");
    scene.proxied_self_hairpin("oc01");
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].came_back, nullptr);
    EXPECT_TRUE(c.trips[0].server_leg.empty());
  }
}

TEST(Inferred, NothingIsInferredForATripWhoseAnswerIsKnown) {
  Scene scene;
  for (const auto* host : {"bigip", "oc01"}) scene.blind(host);
  scene.answered("client1", "oc01", {.is_proxied = true}).ended += seconds(5);
  scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].server_leg.empty());
}

TEST(Inferred, WhatAResponderAnsweredToAMonitorIsNotTheServerLeg) {
  for (const bool is_accounted : {true, false}) {
    Scene scene;
    established(scene, "client1").ended += seconds(5);
    const auto visit = proxied(scene, "oc02");
    scene.send("bigip", "oc02", visit, kSyn, 5);
    if (is_accounted) {
      auto& responder = scene.observations.responders.emplace_back();
      responder.host = "oc02";
      responder.accepted = scene.observations.packets.back().time;
      responder.local = visit.destination;
      responder.peer = visit.source;
      responder.end = End::answered;
    }
    EXPECT_EQ(Correlated(scene).trips[0].server_leg.empty(), is_accounted);
  }
}

TEST(Inferred, AnothersConnectionToAMemberIsNotTheServerLeg) {
  Scene scene;
  scene.vip_is_silent("oc01").ended += seconds(5);
  scene.send("client1", "oc02", {{scene.address("client1"), 50000}, scene.service("oc02")}, kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Inferred, AnOwnConnectionToAMemberIsNotTheServerLeg) {
  Scene scene;
  scene.blind("oc02");
  scene.vip_is_silent("oc01").ended += seconds(5);
  scene.send("oc01", "oc02", {{scene.address("oc01"), 50000}, scene.service("oc02")}, kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Inferred, AnOwnConnectionThatAMemberSawIsNotTheServerLeg) {
  Scene scene;
  scene.vip_is_silent("oc01").ended += seconds(5);
  scene.send("oc01", "oc02", {{scene.address("oc01"), 50000}, scene.service("oc02")}, kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Inferred, OthersConnectionsAreNotOursAlsoWhereTheVipHasGreetedUs) {
  for (const std::string opener : {"client1", "oc01"}) {
    Scene scene;
    if (opener == "oc01") scene.blind("oc02");
    established(scene, "oc01").ended += seconds(5);
    scene.send(opener, "oc02", {{scene.address(opener), 50000}, scene.service("oc02")}, kSyn, 5);
    EXPECT_TRUE(Correlated(scene).trips[0].member.empty()) << opener;
  }
}

TEST(Inferred, AKnownAnswerNeedsNoInferenceWhereNobodyWatchesTheBalancer) {
  Scene scene;
  for (const auto* host : {"bigip", "oc01"}) {
    scene.blind(host);
    std::erase_if(scene.observations.captures, [&](const auto& capture) { return capture.host == host; });
  }
  scene.answered("client1", "oc01", {.is_proxied = true}).ended += seconds(5);
  scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
  EXPECT_TRUE(Correlated(scene).trips[0].server_leg.empty());
}

TEST(Inferred, TimeDoesNotDecideBetweenTwoConnections) {
  Scene scene;
  scene.vip_is_silent("client1").ended += seconds(5);
  for (const auto* member : {"oc01", "oc02"}) scene.send("bigip", member, proxied(scene, member), kSyn, 5);
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].member.empty());
  EXPECT_FALSE(c.trips[0].ambiguities.empty());
}

TEST(Inferred, SeveralConnectionsOfAProxyToOneMemberTellTheMember) {
  for (const bool has_answered : {true, false}) {
    Scene scene;
    if (has_answered) established(scene, "client1");
    else scene.vip_is_silent("client1").ended += seconds(5);
    auto tuple = proxied(scene, "oc02");
    for (; tuple.source.port < 50003; ++tuple.source.port) scene.send("bigip", "oc02", tuple, kSyn, tuple.source.port);
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].member, has_answered ? "oc02" : "");
    for (const auto& leg : c.trips[0].server_leg) EXPECT_EQ(leg.flow->tuple.source.port, 50000) << "the first is enough";
  }
}

TEST(Inferred, OfTwoConnectionsWithOurPortOneIsAnothersWhereNoProxyHasAnswered) {
  for (const bool has_answered : {true, false}) {
    Scene scene;
    if (has_answered) established(scene, "client1");
    else scene.vip_is_silent("client1").ended += seconds(5);
    const auto port = scene.observations.probes[0].local->port;
    for (const auto* address : {"10.137.2.4", "10.137.2.5"})
      scene.send("bigip", "oc02", {{*parse_address(address), port}, scene.service("oc02")}, kSyn, 5);
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].server_leg.empty(), !has_answered);
    EXPECT_EQ(c.trips[0].ambiguities.empty(), has_answered);
  }
}

TEST(Inferred, SeveralConnectionsToOneMemberMayBeOfAnyOpenTrip) {
  Scene scene;
  established(scene, "client1");
  scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
  established(scene, "oc01");
  auto later = proxied(scene, "oc02");
  ++later.source.port;
  scene.send("bigip", "oc02", later, kSyn, 6);
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Inferred, ALostAgentMayHaveHadATripOfItsOwn) {
  for (const auto* lost : {"oc01", "bigip"})
    for (const bool reports_later : {false, true}) {
      Scene scene;
      established(scene, "client1").ended += seconds(4);
      scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
      if (reports_later) scene.vip_refuses("oc01");
      for (auto& agent : scene.observations.agents)
        if (agent.host == lost) agent.state = AgentState::lost;
      EXPECT_EQ(Correlated(scene).trips[0].member.empty(), lost == std::string("oc01") && !reports_later);
    }
}

TEST(Inferred, AKeptPortDecidesBetweenTwoOpenTrips) {
  Scene scene;
  scene.vip_is_silent("client1").ended += seconds(5);
  scene.vip_is_silent("oc01").ended += seconds(5);
  scene.send("bigip", "oc02", {*scene.observations.probes[0].local, scene.service("oc02")}, kSyn, 5);
  EXPECT_EQ(Correlated(scene).trips[0].member, "oc02");
}

}  // namespace
}  // namespace hairpin

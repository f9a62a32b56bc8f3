// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/evidence/correlated.hpp"

namespace hairpin {
namespace {

using test::Correlated;
using test::Scene;

class BothFamilies : public testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(Correlate, BothFamilies, testing::Values(Family::ipv4, Family::ipv6));

TEST_P(BothFamilies, TheTripIdWinsOverWeakerKeys) {
  Scene scene(GetParam());
  scene.answered("client1", "oc02");
  const Correlated c(scene);
  ASSERT_EQ(c.trips.size(), 1u);
  EXPECT_EQ(c.trips[0].member, "oc02");
  EXPECT_EQ(c.trips[0].member_match, MatchKey::trip_id);
  EXPECT_NE(c.trips[0].server_leg_at("oc02"), nullptr);
  EXPECT_NE(c.trips[0].server_leg_at("bigip"), nullptr);
  EXPECT_NE(c.trips[0].client_leg_at("bigip"), nullptr);
}

TEST_P(BothFamilies, WithoutAnAnswerTheSynItselfTellsTheMember) {
  Scene scene(GetParam());
  scene.member_is_silent("client1", "oc01");
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].member, "oc01");
  EXPECT_EQ(c.trips[0].member_match, MatchKey::isn);
}

TEST(Correlate, TheSynIsEnoughWithoutTimestamps) {
  Scene scene;
  scene.has_timestamps = false;
  scene.member_is_silent("client1", "oc01");
  EXPECT_EQ(Correlated(scene).trips[0].member, "oc01");
}

TEST(Correlate, AnotherTimestampIsAnotherSyn) {
  Scene scene;
  scene.member_is_silent("client1", "oc01");
  for (auto& packet : scene.observations.packets)
    if (packet.tuple.destination == scene.service("oc01")) *packet.timestamp_value += 1;
  EXPECT_NE(Correlated(scene).trips[0].member_match, MatchKey::isn);
}

TEST(Correlate, RefusesTwoConnectionsWithTheSameSyn) {
  Scene scene;
  scene.member_is_silent("client1", "oc01");
  auto twin = scene.observations.packets.back();
  twin.tuple.destination = scene.service("oc02");
  twin.host = "oc02";
  scene.observations.packets.push_back(twin);
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].member.empty());
  EXPECT_FALSE(c.trips[0].ambiguities.empty());
}

TEST_P(BothFamilies, TheThirdAddressOfAnL4BalancerAnswersOurOwnSyn) {
  Scene scene(GetParam());
  scene.third_address("oc01", "oc02");
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[0].third_address->tuple.source, scene.service("oc02"));
  EXPECT_EQ(c.trips[0].third_address_match, MatchKey::isn);
  EXPECT_EQ(c.trips[0].member, "oc02");
}

TEST(Correlate, ASynAckForAnotherSynIsNoThirdAddress) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.is_syn_ack()) packet.acknowledgement += 1;
  scene.blind("x");
  const Correlated c(scene);
  EXPECT_NE(c.trips[0].third_address_match, MatchKey::isn);
}

TEST(Correlate, AnEchoOfAnotherTimestampIsNoThirdAddress) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.is_syn_ack()) *packet.timestamp_echo += 1;
  EXPECT_NE(Correlated(scene).trips[0].third_address_match, MatchKey::isn);
}

TEST(Correlate, TheThirdAddressBehindAProxyIsJoinedByTheProxysSyn) {
  for (const bool keeps_port : {false, true}) {
    Scene scene;
    scene.proxied_third_address("oc01", "oc02", keeps_port);
    const Correlated c(scene);
    ASSERT_NE(c.trips[0].third_address, nullptr) << keeps_port;
    EXPECT_EQ(c.trips[0].third_address_match, MatchKey::third_address);
    EXPECT_EQ(c.trips[0].member, "oc02");
  }
}

TEST(Correlate, WithoutTheProxysSynTheThirdAddressIsInferred) {
  Scene scene;
  scene.blind("oc02");
  scene.blind("bigip");
  scene.proxied_third_address("oc01", "oc02");
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[0].third_address_match, MatchKey::inferred);
}

TEST(Correlate, ASynAckToAConnectionThatThisHostOpenedIsNobodysThirdAddress) {
  Scene scene;
  auto& trip = scene.vip_is_silent("oc01");
  trip.ended += std::chrono::seconds(1);
  const Tuple foreign{{scene.address("oc01"), 50000}, scene.service("oc02")};
  scene.send("oc01", "oc02", foreign, kSyn, 5);
  scene.send("oc02", "oc01", foreign.reversed(), kSyn | kAck, 6, 6);
  EXPECT_EQ(Correlated(scene).trips[0].third_address, nullptr);
}

TEST_P(BothFamilies, TheOwnSynComesBack) {
  Scene scene(GetParam());
  scene.self_hairpin("oc01");
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].came_back, nullptr);
  EXPECT_EQ(c.trips[0].came_back_match, MatchKey::isn);
  EXPECT_EQ(c.trips[0].member, "oc01");
}

TEST(Correlate, AProxysSynInOurNameComesBackByTime) {
  Scene scene;
  scene.proxied_self_hairpin("oc02");
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].came_back, nullptr);
  EXPECT_EQ(c.trips[0].came_back_match, MatchKey::inferred);
  EXPECT_EQ(c.trips[0].member, "oc02");
}

TEST(Correlate, ThirdAddressesOfTwoTripsStayApart) {
  Scene scene;
  scene.proxied_third_address("oc01", "oc02");
  scene.answered("oc01", "oc02", {.snat = "10.137.2.4", .is_proxied = true});
  const Correlated c(scene);
  EXPECT_NE(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[1].third_address, nullptr);
}

TEST(Correlate, TimeDoesNotDecideBetweenTwoOpenTrips) {
  Scene scene;
  auto& first = scene.vip_is_silent("client1");
  first.ended += std::chrono::seconds(5);
  auto& second = scene.vip_is_silent("oc01");
  second.ended += std::chrono::seconds(5);
  const Tuple proxied{{*parse_address("10.137.2.4"), 50000}, scene.service("oc02")};
  scene.send("bigip", "oc02", proxied, kSyn, 5);
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].member.empty());
  EXPECT_TRUE(c.trips[1].member.empty());
  EXPECT_FALSE(c.trips[0].ambiguities.empty());
}

TEST(Correlate, TimeDecidesWhileOnlyOneTripIsOpen) {
  Scene scene;
  auto& only = test::established(scene, "client1");
  only.ended += std::chrono::seconds(5);
  const Tuple proxied{{*parse_address("10.137.2.4"), 50000}, scene.service("oc02")};
  scene.send("bigip", "oc02", proxied, kSyn, 5);
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].member, "oc02");
  EXPECT_EQ(c.trips[0].member_match, MatchKey::inferred);
}

TEST(Correlate, WhatASwitchFloodedPastAHostIsNoEvidence) {
  Scene scene;
  scene.vip_is_silent("client1").ended += std::chrono::seconds(5);
  auto overheard = scene.observations.packets.front();  // the same SYN, heard by a host to which it was not sent
  overheard.host = "oc01";
  overheard.direction = Direction::unknown;
  scene.observations.packets.push_back(overheard);
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Correlate, AMonitorsConnectionIsNotTheServerLegOfAnAnsweredTrip) {
  Scene scene;
  scene.blind("oc01");
  auto& trip = scene.answered("client1", "oc01", {.is_proxied = true});
  trip.ended += std::chrono::seconds(5);
  const Tuple monitor{{*parse_address("10.137.2.5"), 50000}, scene.service("oc02")};
  scene.send("bigip", "oc02", monitor, kSyn, 5);
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].member, "oc01");
  EXPECT_EQ(c.trips[0].server_leg_at("oc02"), nullptr);
}

TEST(Correlate, AProxysSynForAnotherProgramIsNotOurs) {
  for (const bool is_foreign_there : {false, true}) {
    Scene scene;
    if (is_foreign_there) {
      const Tuple foreign{{scene.address("oc01"), 51000}, scene.vip()};
      scene.send("oc01", "bigip", foreign, kSyn, 5);
      scene.send("bigip", "oc01", foreign.reversed(), kSyn | kAck, 6, 6);
    }
    scene.proxied_self_hairpin("oc01");
    EXPECT_EQ(Correlated(scene).trips[0].came_back == nullptr, is_foreign_there);
  }
}

TEST(Correlate, WithoutTheVipsHandshakeNoProxyWentOn) {
  Scene scene;
  auto& trip = scene.vip_is_silent("oc01");
  trip.ended += std::chrono::seconds(5);
  const Tuple proxied{{scene.address("oc01"), 52000}, scene.service("oc01")};
  scene.send("bigip", "oc01", proxied, kSyn, 5);
  EXPECT_EQ(Correlated(scene).trips[0].came_back, nullptr);
}

TEST(Correlate, TheDirectControlBelongsToNobodyElse) {
  Scene scene;
  auto& trip = scene.vip_is_silent("oc01");
  trip.ended += std::chrono::seconds(5);
  scene.direct_control("oc01", "oc02");
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].member.empty());
  EXPECT_TRUE(c.trips[0].server_leg.empty());
  EXPECT_EQ(c.trips[1].member, "oc02");
}

TEST(Correlate, ADirectControlWhoseSynTheSourceMissedBelongsToNobodyElseEither) {
  Scene scene;
  test::established(scene, "oc01").ended += std::chrono::seconds(5);
  const auto local = *scene.direct_control("oc01", "oc02").local;
  scene.observations.responders.clear();
  std::erase_if(scene.observations.packets, [&](const auto& packet) {
    return packet.host == "oc01" && packet.is_syn() && packet.tuple.source == local;
  });
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].server_leg.empty());
  EXPECT_EQ(c.trips[1].member, "oc02");
}

TEST(Correlate, WithoutTranslationTheMembersViewIsTheServerLeg) {
  Scene scene;
  scene.direct_return("client1", "oc01");
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].member, "oc01");
  EXPECT_NE(c.trips[0].server_leg_at("oc01"), nullptr);
  EXPECT_NE(c.trips[0].client_leg_at("bigip"), nullptr);
}

TEST(Correlate, ClientRandomJoinsAPassthroughAlsoWhereTheSourceIsItsMember) {
  for (const std::string source : {"client1", "oc01"}) {
    Scene scene;
    scene.answered(source, "oc01", {.snat = "10.137.2.4", .is_proxied = true, .hides_responder = true});
    auto& probe = scene.observations.probes.back();
    probe.answer.reset();
    probe.end = End::closed;
    ClientRandom random;
    random.bytes.fill(7);
    for (auto& packet : scene.observations.packets)
      if (packet.is_syn()) packet.client_random = random;  // any packet of both legs will do
    const Correlated c(scene);
    EXPECT_EQ(c.trips[0].member, "oc01") << source;
    EXPECT_EQ(c.trips[0].member_match, MatchKey::client_random) << source;
    EXPECT_NE(c.trips[0].server_leg_at("oc01"), nullptr) << source;
  }
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// The conditions of the key ladder one by one: what time, numbers and addresses may join, and what they may not.
#include <gtest/gtest.h>

#include "tests/unit/evidence/correlated.hpp"

namespace hairpin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Correlated;
using test::established;
using test::foreign_connection;
using test::proxied;
using test::renumber;
using test::Scene;

void shift(Scene& scene, const std::string& host, nanoseconds by) {
  for (auto& packet : scene.observations.packets)
    if (packet.host == host) packet.time += by;
}

TEST(Ladder, APortThatWasUsedAgainIsToldApartByTimeAndByItsSyn) {
  Scene scene;
  scene.answered("client1", "oc01", {.is_proxied = true});
  scene.answered("client1", "oc01", {.is_proxied = true});
  renumber(scene, 40002, 40001);
  renumber(scene, 49002, 49001);
  const Correlated c(scene);
  const auto isn = [](const Flow* flow) { return flow && flow->syn() ? flow->syn()->sequence % 0x40000000 : 0; };
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto& trip = c.trips[i];
    EXPECT_EQ(trip.client_leg.size(), 2u);
    EXPECT_EQ(trip.server_leg.size(), 2u);
    for (const auto* flow : {trip.client_leg_at("client1"), trip.client_leg_at("bigip"), trip.server_leg_at("oc01"),
                             trip.server_leg_at("bigip")})
      EXPECT_EQ(isn(flow), 1000 * (i + 1));
  }
}

TEST(Ladder, ElsewhereTheSameSynIsEnoughWhateverTheClock) {
  Scene scene;
  scene.answered("client1", "oc01", {.is_proxied = true});
  shift(scene, "bigip", std::chrono::hours(1));
  const Correlated c(scene);
  EXPECT_NE(c.trips[0].client_leg_at("bigip"), nullptr);
  EXPECT_NE(c.trips[0].server_leg_at("bigip"), nullptr);
}

TEST(Ladder, AnotherSynOfTheSameTupleElsewhereIsAnotherConnection) {
  Scene scene;
  scene.answered("client1", "oc02", {.is_proxied = true});
  auto& packets = scene.observations.packets;
  auto other = *std::find_if(packets.begin(), packets.end(), [&](const auto& packet) {
    return packet.host == "bigip" && packet.is_syn() && packet.tuple.destination == scene.service("oc02");
  });
  other.sequence += 7;
  packets.push_back(other);
  EXPECT_EQ(Correlated(scene).trips[0].server_leg.size(), 2u);
}

TEST(Ladder, WhatWasBeforeOrAfterATripIsNotTheTrips) {
  for (const bool is_before : {true, false}) {
    Scene scene;
    if (is_before) scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
    scene.pass_time(seconds(1));
    scene.vip_is_silent("client1");
    scene.pass_time(seconds(1));
    if (!is_before) scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
    EXPECT_TRUE(Correlated(scene).trips[0].member.empty()) << is_before;
  }
}

TEST(Ladder, TimesAreComparedOnOneClockWithItsError) {
  for (const auto& [late, offset, error] :
       {std::tuple{seconds(3600), seconds(3600), seconds(0)}, std::tuple{seconds(2), seconds(0), seconds(3)}}) {
    Scene scene;
    established(scene, "client1").ended -= seconds(1);
    scene.send("bigip", "oc02", proxied(scene, "oc02"), kSyn, 5);
    for (const auto* host : {"oc02", "bigip"}) shift(scene, host, late);
    for (auto& agent : scene.observations.agents)
      if (agent.host != "client1") agent.clock_offset = offset, agent.clock_error = error;
    EXPECT_EQ(Correlated(scene).trips[0].member, "oc02") << late.count();
  }
}

TEST(Ladder, TheTripIdNeedsNoPacket) {
  Scene scene;
  scene.answered("client1", "oc02").answer.reset();
  scene.observations.packets.clear();
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].member, "oc02");
  EXPECT_EQ(c.trips[0].member_match, MatchKey::trip_id);
}

TEST(Ladder, TheExporterIsThatOfOneSession) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member).answer.reset();
  scene.observations.packets.clear();
  for (std::size_t i = 0; i < 2; ++i) {
    scene.observations.responders[i].trip.reset();
    scene.observations.responders[i].tls.emplace().exporter = i == 0 ? "aa" : "bb";
    scene.observations.probes[i].tls.emplace().exporter = i == 0 ? "aa" : "bb";
  }
  const Correlated c(scene);
  EXPECT_EQ(c.trips[1].member, "oc02");
  EXPECT_EQ(c.trips[1].member_match, MatchKey::exporter);
}

TEST(Ladder, AnAnswerWithAnotherTripsIdNamesNobody) {
  Scene scene;
  scene.answered("client1", "oc02", {.hides_responder = true}).answer->trip.bytes[0] = 1;
  scene.observations.packets.clear();
  EXPECT_TRUE(Correlated(scene).trips[0].member.empty());
}

TEST(Ladder, TheSameSynToAnAddressThatNobodyDeclaredIsTheServerLegToo) {
  Scene scene;
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.front();
  const Endpoint undeclared{*parse_address("10.137.2.99"), 444};
  scene.send("bigip", "oc02", {syn.tuple.source, undeclared}, kSyn, syn.sequence, 0, *syn.timestamp_value);
  EXPECT_EQ(Correlated(scene).trips[0].member, "10.137.2.99");
}

TEST(Ladder, AMemberThatHoldsTheVipIsItsOwnServer) {
  Scene scene;
  scene.blind("bigip");
  scene.vip_is_silent("oc01");
  for (auto& packet : scene.observations.packets) packet.source_mac = packet.destination_mac = MacAddress{};
  EXPECT_EQ(Correlated(scene).trips[0].server_leg_at("oc01"), nullptr) << "a tunnel has no MACs either";
  for (auto& packet : scene.observations.packets) packet.interface = "lo";
  const Correlated c(scene);
  EXPECT_NE(c.trips[0].server_leg_at("oc01"), nullptr);
  EXPECT_EQ(c.trips[0].member, "oc01");
}

TEST(Ladder, WhoSeesTheVipsOwnAddressArriveIsTheMember) {
  Scene scene;
  scene.direct_return("client1", "oc02").answer.reset();
  scene.observations.responders.clear();
  EXPECT_EQ(Correlated(scene).trips[0].member, "oc02");
}

TEST(Ladder, TheVipThatAnswersByAnotherInterfaceIsNoThirdAddress) {
  for (const auto* interface : {"dmz0", "eth1"}) {
    Scene scene;
    scene.answered("client1", "oc02");
    for (auto& packet : scene.observations.packets)
      if (packet.host == "client1" && packet.is_syn_ack()) packet.interface = interface;
    EXPECT_EQ(Correlated(scene).trips[0].third_address, nullptr) << interface;
  }
}

TEST(Ladder, TheVipThatRefusesLateByAnotherInterfaceIsNoMember) {
  Scene scene;
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.front();
  scene.pass_time(seconds(1));
  scene.send("bigip", "client1", syn.tuple.reversed(), kRst | kAck, 0, syn.sequence + 1);
  scene.observations.packets.back().interface = "eth1";
  const Correlated c(scene);
  EXPECT_TRUE(c.trips[0].server_leg.empty());
  EXPECT_TRUE(c.trips[0].member.empty());
}

TEST(Ladder, TheAnswerByAnotherInterfaceToWhatThisHostOpenedIsNobodysThirdAddress) {
  Scene scene;
  established(scene, "oc01");
  const Tuple foreign{{scene.address("oc01"), 50000}, scene.service("oc02")};
  scene.send("oc01", "oc02", foreign, kSyn, 5);
  scene.send("oc02", "oc01", foreign.reversed(), kSyn | kAck, 6, 6);
  scene.observations.packets.back().interface = "eth1";
  const Correlated c(scene);
  EXPECT_EQ(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[0].doubtful, nullptr);
}

/// A third address behind a proxy, and the next trip of the same source: its window begins `gap` after the answer.
Scene two_trips(milliseconds first_ends, milliseconds second_begins) {
  Scene scene;
  scene.proxied_third_address("oc01", "oc02");
  const auto answered = scene.observations.packets.back().time;
  established(scene, "oc01");
  scene.observations.probes[0].ended = answered + first_ends;
  scene.observations.probes[1].started = answered + second_begins;
  return scene;
}

TEST(Ladder, AtTheSeamOfTwoTripsTheStrictWindowDecides) {
  const auto scene = two_trips(milliseconds(10), milliseconds(20));
  const Correlated c(scene);
  EXPECT_NE(c.trips[0].third_address, nullptr);
  EXPECT_EQ(c.trips[1].third_address, nullptr);
}

TEST(Ladder, BetweenTwoTripsTimeDoesNotDecide) {
  const auto scene = two_trips(milliseconds(-10), milliseconds(10));
  EXPECT_EQ(Correlated(scene).trips[0].third_address, nullptr);
}

TEST(Ladder, WhileTwoTripsOfOneSourceAreOpenTimeDoesNotDecide) {
  const auto third = two_trips(milliseconds(10), milliseconds(-10));
  EXPECT_EQ(Correlated(third).trips[0].third_address, nullptr);
  Scene hairpin;
  hairpin.proxied_self_hairpin("oc01");
  established(hairpin, "oc01");
  hairpin.observations.probes[1].started = hairpin.observations.probes[0].started;
  EXPECT_EQ(Correlated(hairpin).trips[0].came_back, nullptr);
}

TEST(Ladder, AThirdAddressMayBeAnotherProgramsUnlessThePortIsOurs) {
  for (const bool keeps_port : {false, true}) {
    Scene scene;
    foreign_connection(scene, "oc01");
    scene.proxied_third_address("oc01", "oc02", keeps_port);
    EXPECT_EQ(Correlated(scene).trips[0].third_address != nullptr, keeps_port);
  }
}

TEST(Ladder, AnAnswerToThePortOfAnotherTripIsThatTrips) {
  Scene scene;
  scene.vip_refuses("oc01");
  scene.proxied_third_address("oc01", "oc02");
  renumber(scene, 49002, 40001);
  EXPECT_EQ(Correlated(scene).trips[1].third_address, nullptr);
}

TEST(Ladder, AnAnswerToThePortOfATripWhoseOwnIsKnownIsOurs) {
  Scene scene;
  scene.proxied_third_address("oc01", "oc02");  // the proxy took port 49001
  scene.proxied_third_address("oc01", "oc02");
  renumber(scene, 49002, 40001);
  EXPECT_NE(Correlated(scene).trips[1].third_address, nullptr);
}

TEST(Ladder, AConnectionThatWasOpenedLaterHasOnlyTakenThePort) {
  Scene scene;
  scene.proxied_self_hairpin("oc01");
  scene.vip_refuses("oc01");
  renumber(scene, 40002, 49001);
  EXPECT_NE(Correlated(scene).trips[0].came_back, nullptr);
}

TEST(Ladder, SomebodyElsesSynToUsDidNotComeBack) {
  Scene scene;
  established(scene, "oc01");
  scene.send("bigip", "oc01", {{scene.address("client1"), 50000}, scene.service("oc01")}, kSyn, 5);
  EXPECT_EQ(Correlated(scene).trips[0].came_back, nullptr);
}

TEST(Ladder, AProxysSynThatKeepsOurPortIsNotOurSyn) {
  Scene scene;
  scene.proxied_self_hairpin("oc01");
  renumber(scene, 49001, 40001);
  EXPECT_EQ(Correlated(scene).trips[0].came_back_match, MatchKey::inferred);
}

TEST(Ladder, AnAnswerOfNoMembersServiceIsNoThirdAddress) {
  Scene scene;
  established(scene, "oc01");
  scene.send("oc02", "oc01", {{scene.address("oc02"), 8443}, {scene.address("oc01"), 50000}}, kSyn | kAck, 6, 7);
  EXPECT_EQ(Correlated(scene).trips[0].third_address, nullptr);
}

TEST(Ladder, OnlyTheSynThatWasAnsweredJoinsTheThirdAddress) {
  Scene scene;
  scene.blind("oc02");
  scene.proxied_third_address("oc01", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "bigip" && packet.tuple.destination == scene.service("oc02")) packet.sequence += 7;
  EXPECT_EQ(Correlated(scene).trips[0].third_address_match, MatchKey::inferred);
}

TEST(Ladder, OfTwoInterfacesTheOneWithTheSynCounts) {
  Scene scene;
  scene.answered("client1", "oc02");
  auto answer = scene.observations.packets[6];  // the SYN-ACK leaves the balancer …
  ASSERT_EQ(answer.host, "bigip");
  answer.host = "client1";
  answer.interface = "bond0";  // … and is seen by a second interface of the source that did not see the SYN
  answer.frame = 1;
  scene.observations.packets.push_back(answer);
  const Correlated c(scene);
  ASSERT_EQ(c.trips[0].client_leg.size(), 3u);
  ASSERT_NE(c.trips[0].client_leg_at("client1"), nullptr);
  EXPECT_EQ(c.trips[0].client_leg_at("client1")->interface, "eth0");
}

/// The server leg of a passthrough, known by the ClientHello that both legs carry; nothing else names it.
Scene passthrough(const std::string& member) {
  Scene scene;
  scene.answered("client1", member, {.is_proxied = true, .hides_responder = true});
  auto& probe = scene.observations.probes.back();
  probe.answer.reset();
  probe.end = End::closed;
  return scene;
}

void carry_hello(PacketObservation& packet) { packet.client_random = ClientRandom{}; }

TEST(Ladder, TheSameSynOfAnotherInterfaceIsTheSameConnection) {
  auto scene = passthrough("oc02");
  auto& packets = scene.observations.packets;
  for (auto& packet : packets)
    if (packet.is_syn()) carry_hello(packet);
  auto bare = *std::find_if(packets.begin(), packets.end(),
                            [](const auto& packet) { return packet.host == "oc02" && packet.is_syn(); });
  bare.interface = "bond0";  // under it, the SYN alone was seen
  bare.client_random.reset();
  packets.push_back(bare);
  const Correlated correlated(scene);
  const auto& legs = correlated.trips[0].server_leg;
  ASSERT_EQ(legs.size(), 3u);
  EXPECT_EQ(legs[2].match, MatchKey::client_random);
}

TEST(Ladder, AReplyElsewhereAcknowledgesTheSynOrIsAnotherConnections) {
  for (const std::uint32_t off : {0U, 1U}) {
    auto scene = passthrough("oc02");
    auto& packets = scene.observations.packets;
    const auto at_balancer = [&](const auto& packet) {
      return packet.host == "bigip" && packet.tuple.destination == scene.service("oc02");
    };
    std::erase_if(packets, at_balancer);  // it takes only the replies
    for (auto& packet : packets) {
      if (packet.is_syn()) carry_hello(packet);
      if (packet.host == "bigip" && packet.tuple.source == scene.service("oc02")) packet.acknowledgement += off;
    }
    EXPECT_EQ(Correlated(scene).trips[0].server_leg_at("bigip") != nullptr, off == 0) << off;
  }
}

TEST(Ladder, AFlowBelongsToOneTrip) {
  Scene scene;
  for (int i = 0; i < 2; ++i) scene.answered("client1", "oc02");
  scene.observations.responders[1] = scene.observations.responders[0];
  scene.observations.responders[1].trip = scene.observations.probes[1].trip;
  const Correlated c(scene);
  ASSERT_NE(c.trips[0].server_leg_at("oc02"), nullptr);
  EXPECT_NE(c.trips[0].server_leg_at("oc02"), c.trips[1].server_leg_at("oc02"));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// The conditions of the rules one by one: each test here fails when one of them is left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::capture_of;
using test::facts_of;
using test::Scene;
using test::without_capture;
using testing::HasSubstr;

/// What one check says of client1 → oc02, or of another pair or source.
Finding of(const Scene& scene, const std::string& check, const std::string& pair = "client1/oc02") {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, pair.empty() ? check : check + "/pool01/mcu-factory/" + pair);
  EXPECT_NE(finding, nullptr) << check << " " << pair;
  return finding ? *finding : Finding();
}

void forget_last_packet(Scene& scene) { scene.observations.packets.pop_back(); }

/// The SYN of a silent trip arrived at oc02, which answers towards the MAC of `to`; nobody sees that arrive.
void member_answers_towards(Scene& scene, const std::string& to) {
  scene.member_is_silent("client1", "oc02");
  const auto syn = scene.observations.packets.back();
  scene.send("oc02", to, syn.tuple.reversed(), kSyn | kAck, 6, syn.sequence + 1, 9, *syn.timestamp_value);
  if (to == "bigip") forget_last_packet(scene);
}

/// An established connection to oc02 that a RST ended, sent by each of `senders`.
void reset_by(Scene& scene, const std::vector<std::string>& senders) {
  auto& probe = scene.answered("client1", "oc02");
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  probe.answer.reset();
  const Tuple client{*probe.local, scene.vip()}, server{*probe.local, scene.service("oc02")};
  for (const auto& sender : senders) {
    if (sender == "oc02") scene.send("oc02", "bigip", server.reversed(), kRst, 7);
    if (sender == "bigip") scene.send("bigip", "client1", client.reversed(), kRst, 7);
  }
}

TEST(RootCause, TheRstThatLeftTheSourceIsItsOwn) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  EXPECT_THAT(of(scene, "return-path", "oc01/oc02").evidence.back().text, HasSubstr("RST sent by oc01 itself"));
}

TEST(RootCause, IPv6HasNoReversePathFilter) {
  Scene scene(Family::ipv6);
  auto& facts = facts_of(scene, "oc02");
  facts.interfaces[0].reverse_path_filter = 1;
  facts.routes.push_back({scene.address("client1"), false, {}, "eth1", {}, ""});
  scene.member_is_silent("client1", "oc02");
  EXPECT_EQ(of(scene, "reachability").cause, "member.silent");
}

TEST(RootCause, AReplyThatWasSentToTheBalancerIsLost) {
  Scene scene;
  member_answers_towards(scene, "bigip");
  EXPECT_EQ(of(scene, "reachability").cause, "server-leg.reply-lost");
}

TEST(RootCause, AReplyIsNotLostWhereNobodyWatchedItArrive) {
  Scene scene;  // the source's agent died with the SYN-ACK that decided its trip
  scene.third_address("oc01", "oc02");
  std::erase_if(scene.observations.packets,
                [](const auto& packet) { return packet.host == "oc01" && packet.is_syn_ack(); });
  auto& end = scene.observations.probes.back().end;
  ASSERT_EQ(end, End::decided);
  EXPECT_EQ(of(scene, "reachability", "oc01/oc02").verdict, Verdict::inconclusive);
  end = End::closed;
  EXPECT_EQ(of(scene, "reachability", "oc01/oc02").cause, "server-leg.reply-lost");
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc01") agent.state = AgentState::lost;
  EXPECT_EQ(of(scene, "reachability", "oc01/oc02").verdict, Verdict::inconclusive);
  end = End::silent;  // the probe waited, and is a witness of its own
  EXPECT_EQ(of(scene, "reachability", "oc01/oc02").cause, "server-leg.reply-lost");
}

TEST(RootCause, AReplyThatWasSentElsewhereWentAstray) {
  Scene scene;
  member_answers_towards(scene, "router");
  EXPECT_EQ(of(scene, "return-path").cause, "return-path.wrong-gateway");
}

TEST(RootCause, AHandshakeOfTheProxyIsNoReplyOfTheMember) {
  Scene scene;
  auto& probe = scene.vip_is_silent("client1");
  probe.ended_in = Phase::tls;
  probe.ended += std::chrono::seconds(1);
  const auto syn = scene.observations.packets.back();
  const Tuple server{{scene.address("client1"), 50000}, scene.service("oc02")};
  scene.send("bigip", "client1", syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
  scene.send("bigip", "oc02", server, kSyn, 8);
  scene.send("oc02", "router", server.reversed(), kSyn | kAck, 9, 9);
  EXPECT_EQ(of(scene, "return-path").cause, "return-path.wrong-gateway");
}

TEST(RootCause, ARstIsTheMembersWhenItsCaptureSawItLeave) {
  Scene scene;
  reset_by(scene, {"oc02", "bigip"});
  EXPECT_EQ(of(scene, "reset").cause, "reset.by-member");
}

TEST(RootCause, ARstIsTheBalancersOnlyWhereTheMemberWasWatched) {
  for (const bool is_watched : {true, false}) {
    Scene scene;
    reset_by(scene, {"bigip"});
    if (!is_watched) capture_of(scene, "oc02").dropped = 1;
    EXPECT_EQ(of(scene, is_watched ? "reset" : "reachability").cause, is_watched ? "reset.by-load-balancer" : "vip.reset");
  }
}

TEST(RootCause, AVipThatFinishedItsHandshakeIsNotSilent) {
  Scene scene;
  scene.vip_is_silent("client1").ended_in = Phase::tls;
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", "client1", syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
  EXPECT_EQ(of(scene, "reachability", "client1").verdict, Verdict::inconclusive);
}

TEST(RootCause, ASynAckThatLeftTheBalancerWasLostAfterIt) {
  Scene scene;
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", "client1", syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
  forget_last_packet(scene);
  EXPECT_EQ(of(scene, "reachability", "client1").cause, "client-leg.reply-lost");
}

TEST(RootCause, TheBalancersOwnRstIsNoRefusalOfTheMember) {
  Scene scene;
  scene.blind("oc02");
  scene.member_is_silent("client1", "oc02");
  scene.send("bigip", "oc02", {*scene.observations.probes[0].local, scene.service("oc02")}, kRst, 9);
  EXPECT_EQ(of(scene, "reachability").cause, "server-leg.filtered");
}

TEST(RootCause, ASourceThatCouldNotTrySaysSo) {
  Scene scene;
  scene.vip_is_silent("client1").end = End::local;
  EXPECT_THAT(of(scene, "reachability", "client1").reason, HasSubstr("could not try"));
  EXPECT_EQ(of(scene, "coverage").verdict, Verdict::inconclusive) << "nothing at the VIP explains it";
}

TEST(RootCause, AnAmbiguousTripBesideAnAnsweredOneIsNotJudged) {
  for (const auto end : {End::silent, End::closed}) {
    Scene scene;
    scene.answered("client1", "oc02");
    scene.member_is_silent("client1", "oc01").end = end;
    auto twin = scene.observations.packets.back();
    twin.tuple.destination = scene.service("oc02");
    twin.host = "oc02";
    scene.observations.packets.push_back(twin);
    EXPECT_EQ(of(scene, "reachability", "client1").verdict, Verdict::inconclusive) << static_cast<int>(end);
  }
}

TEST(Grade, AStrangeMacAtTheMemberLeavesTheWitness) {
  Scene scene;
  scene.answered("client1", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc02" && packet.is_syn_ack()) packet.destination_mac = scene.mac("router");
  EXPECT_EQ(of(scene, "return-path").grade, Grade::consistent);
}

TEST(Grade, ABalancerMayOwnSeveralMacs) {
  enum class Known { interface, neighbour, gateway };
  for (const auto known : {Known::interface, Known::neighbour, Known::gateway}) {
    Scene scene;
    auto& facts = facts_of(scene, "bigip");
    if (known != Known::interface) facts.interfaces.clear();
    for (const auto* owner : {"bigip", "router"}) {
      const auto mac = scene.mac(owner);
      if (known == Known::interface) facts.interfaces.emplace_back().mac = mac;
      if (known == Known::neighbour) {
        auto& neighbour = facts_of(scene, "client1").neighbours.emplace_back();
        neighbour.address = scene.address("bigip");
        neighbour.mac = mac;
      }
      if (known == Known::gateway) scene.topology.networks[1].gateway_macs.push_back(mac);
    }
    scene.answered("client1", "oc02");
    for (auto& packet : scene.observations.packets)
      if (packet.host == "client1" && packet.is_syn_ack()) packet.source_mac = scene.mac("router");
    EXPECT_EQ(of(scene, "return-path").grade, Grade::proven) << static_cast<int>(known);
  }
}

TEST(Grade, TheBalancerIsAWitnessOfBothLegsOnly) {
  Scene scene;
  for (const auto* host : {"client1", "oc02"}) scene.blind(host);
  scene.answered("client1", "oc02");
  std::erase_if(scene.observations.packets, [&](const auto& packet) { return packet.tuple.source == scene.vip(); });
  EXPECT_EQ(of(scene, "return-path").grade, Grade::consistent);
}

TEST(Grade, AReplyToWhereTheRequestCameFromDoesNotBypass) {
  Scene scene;
  without_capture(scene, "bigip");
  scene.blind("bigip");
  scene.answered("client1", "oc02", {.reply_to = "router"});
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc02" && packet.is_syn()) packet.source_mac = scene.mac("router");
  EXPECT_EQ(of(scene, "return-path").verdict, Verdict::pass);
}

TEST(Grade, AStrangeMacAloneIsNoBypassWhereTheBalancerDidNotWatch) {
  Scene scene;
  scene.blind("bigip");
  without_capture(scene, "bigip");
  scene.answered("client1", "oc02", {.reply_to = "router"});
  EXPECT_NE(of(scene, "return-path").grade, Grade::violated);
}

TEST(Grade, ABypassWithoutACommonSubnetIsAWrongGateway) {
  Scene scene;
  scene.direct_return("client1", "oc02");
  EXPECT_EQ(of(scene, "return-path").cause, "return-path.wrong-gateway");
}

TEST(Grade, OneEndsMacsAreConsistent) {
  Scene scene;
  without_capture(scene, "bigip");
  for (const auto* host : {"bigip", "oc02"}) scene.blind(host);
  scene.answered("client1", "oc02");
  EXPECT_EQ(of(scene, "return-path").grade, Grade::consistent);
}

TEST(Grade, ATranslatedDestinationOrSourceIsConsistent) {
  for (const bool is_source : {false, true}) {
    Scene scene;
    if (is_source) scene.direct_return("client1", "oc02");
    else scene.answered("client1", "oc02");
    if (is_source) scene.observations.responders[0].peer.address = *parse_address("10.137.2.4");
    scene.observations.packets.clear();
    scene.observations.captures.clear();
    EXPECT_EQ(of(scene, "return-path").grade, Grade::consistent) << is_source;
  }
}

TEST(Grade, ADirectReturnIsProvenOnlyWhereTheBalancerWatched) {
  Scene scene;
  without_capture(scene, "bigip");
  scene.topology.pools[0].virtual_servers[0].expect.return_path = ReturnPath::direct;
  scene.direct_return("client1", "oc02");
  EXPECT_EQ(of(scene, "return-path").grade, Grade::consistent);
}

TEST(Grade, TheWorstOfAPairCounts) {
  Scene scene;
  scene.answered("client1", "oc02");
  for (const auto* host : {"client1", "oc01", "oc02", "bigip"}) scene.blind(host);
  scene.answered("client1", "oc02", {.hides_responder = true});
  EXPECT_EQ(of(scene, "return-path").grade, Grade::asserted);
}

TEST(Snat, AFloatingAddressOfTheOtherFamilyDoesNotCount) {
  Scene scene;
  auto& server = scene.topology.pools[0].virtual_servers[0];
  server.expect.snat = {{{}, SnatType::automap, {}}};
  scene.topology.hosts.back().self_ips = {{*parse_address("10.137.2.5"), false}, {*parse_address("2001:db8:137:2::4"), true}};
  scene.answered("client1", "oc02", {.snat = "10.137.2.5"});
  EXPECT_EQ(of(scene, "snat").verdict, Verdict::pass);
}

TEST(Snat, ARuleForAPrefixAppliesToItsAddresses) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{"10.137.1.0/24"}, SnatType::automap, {}}, {{}, SnatType::none, {}}};
  scene.answered("client1", "oc02", {.snat = "10.137.2.4"});
  scene.answered("oc01", "oc02");
  EXPECT_EQ(of(scene, "snat").verdict, Verdict::pass);
  EXPECT_EQ(of(scene, "snat", "oc01/oc02").verdict, Verdict::pass);
}

TEST(Snat, TheFirstFailingAddressIsNamed) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  scene.answered("client1", "oc02", {.snat = "10.137.2.77"});
  scene.answered("client1", "oc02");
  const auto finding = of(scene, "snat");
  EXPECT_EQ(finding.cause, "snat.wrong-address");
  EXPECT_EQ(finding.failed, 2u);
}

TEST(Reset, AnUnknownEndIsNoPass) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  capture_of(scene, "oc02").dropped = 1;
  EXPECT_EQ(of(scene, "reset").verdict, Verdict::skip);
}

TEST(Member, ATripWithoutAMemberIsNobodys) {
  Scene scene;
  scene.vip_refuses("client1");
  for (const auto& finding : scene.judge().findings)
    EXPECT_NE(finding.cause, "member.foreign") << finding.id;
}

TEST(Vantage, ACaptureIsProvenBeforeHasPrivilegeAndIsThere) {
  Scene unproven;
  unproven.member_is_silent("client1", "oc02");
  capture_of(unproven, "oc02").is_proven_before = false;
  EXPECT_EQ(of(unproven, "vantage/oc02", "").cause, "vantage.blind");
  EXPECT_EQ(of(unproven, "reachability").verdict, Verdict::inconclusive);
  Scene denied;
  capture_of(denied, "oc02").lacks_privilege = true;
  EXPECT_EQ(of(denied, "vantage/oc02", "").cause, "vantage.no-privilege");
  Scene absent;
  without_capture(absent, "oc02");
  EXPECT_EQ(of(absent, "vantage/oc02", "").cause, "vantage.blind");
}

TEST(Vantage, WhatALostAgentDidNotSeeIsInconclusive) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc02") agent.state = AgentState::lost;
  EXPECT_EQ(of(scene, "reachability").verdict, Verdict::inconclusive);
}

TEST(Finding, IsConfirmedByMoreThanOneAttempt) {
  for (const bool is_twice : {false, true}) {
    Scene scene;
    for (int i = 0; i < (is_twice ? 2 : 1); ++i) scene.member_refuses("client1", "oc02");
    EXPECT_EQ(of(scene, "reachability").confirmed, is_twice);
  }
}

TEST(Judge, AWaiverFitsInEachOfItsWords) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  capture_of(scene, "oc02").dropped = 1;
  const auto day = std::chrono::floor<std::chrono::days>(scene.observations.probes[0].ended);
  const std::vector<Waiver> others{{"snat", "oc01", "oc02", "", day, ""},
                                   {"return-path", "oc02", "oc02", "", day, ""},
                                   {"return-path", "oc01", "oc01", "", day, ""},
                                   {"return-path", "oc01", "oc02", "oc02", day, ""}};
  for (const auto& waiver : others) {
    scene.topology.waivers = {waiver};
    EXPECT_EQ(of(scene, "return-path", "oc01/oc02").verdict, Verdict::fail) << waiver.check << waiver.source << waiver.member;
  }
}

TEST(Judge, AWaiverAcceptsOnlyWhatFailed) {
  Scene scene;
  scene.answered("client1", "oc02");
  const auto day = std::chrono::floor<std::chrono::days>(scene.observations.probes[0].ended);
  scene.topology.waivers = {{"return-path", "", "", "", day, ""}};
  EXPECT_EQ(of(scene, "return-path").verdict, Verdict::pass);
}

TEST(Diagnose, AMembersFaultIsOneDiagnosisForEachMember) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) scene.member_refuses("client1", member);
  const auto run = scene.judge();
  ASSERT_EQ(run.diagnoses.size(), 2u) << "and none for what was not seen";
  for (const auto& diagnosis : run.diagnoses) EXPECT_EQ(diagnosis.cause, "member.refused");
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// What a failed connection says of its way where nobody watches the balancer, and routers stand beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using test::unwatch_balancer;
using testing::HasSubstr;

/// client1's SYN reaches oc02 by a router that stands between the balancer and the members; the answer goes back to it.
struct BehindARouter {
  BehindARouter() {
    unwatch_balancer(scene);
    probe = &scene.vip_is_silent("client1");
    const auto syn = scene.observations.packets.back();
    tuple = {syn.tuple.source, scene.service("oc02")};
    sequence = syn.sequence;
    scene.send("router", "oc02", tuple, kSyn, sequence, 0, *syn.timestamp_value);
    scene.send("oc02", "router", tuple.reversed(), kSyn | kAck, 6, sequence + 1, 9, *syn.timestamp_value);
  }
  /// The opener goes on with the connection.
  void acknowledge(std::uint8_t flags, std::uint32_t number = 7) {
    scene.send("router", "oc02", tuple, flags, sequence + 1, number);
    probe->ended_in = Phase::tls;
  }
  void request() {
    scene.send("router", "oc02", tuple, kAck | kPsh, sequence + 1, 7);
    scene.observations.packets.back().payload_bytes = 300;
  }
  Scene scene;
  ProbeObservation* probe = nullptr;
  Tuple tuple;
  std::uint32_t sequence = 0;
};

TEST(Reply, ThatWentBackAsTheRequestCameIsLostAndNotSentElsewhere) {
  BehindARouter site;
  const auto run = site.scene.judge();
  expect_cause(site.scene, run, id("reachability", "client1/oc02"), "server-leg.reply-lost");
  EXPECT_NE(site.scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::fail);
}

TEST(Reply, ThatTheOpenerAcknowledgedHasArrived) {
  BehindARouter site;
  site.acknowledge(kAck);
  const auto run = site.scene.judge();
  EXPECT_EQ(site.scene.finding(run, id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
  EXPECT_NE(site.scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::fail);
}

TEST(Reply, IsNotAcknowledgedByAResetNorByAnOlderNumber) {
  for (const bool is_reset : {true, false}) {
    BehindARouter site;
    if (is_reset) site.acknowledge(kRst | kAck);
    else site.acknowledge(kAck, 6);
    expect_cause(site.scene, site.scene.judge(), id("reachability", "client1/oc02"), "server-leg.reply-lost");
  }
}

TEST(Reply, ToARequestThatWasDroppedOnTheMemberIsMissingThere) {
  for (const bool is_acknowledged : {false, true}) {
    BehindARouter site;
    site.acknowledge(kAck);
    site.request();
    site.request();
    if (is_acknowledged) site.scene.send("oc02", "router", site.tuple.reversed(), kAck, 7, site.sequence + 301);
    const auto run = site.scene.judge();
    const auto* finding = site.scene.finding(run, id("reachability", "client1/oc02"));
    EXPECT_EQ(finding->cause, is_acknowledged ? "" : "member.silent");
    EXPECT_EQ(finding->verdict, is_acknowledged ? Verdict::inconclusive : Verdict::fail);
  }
}

TEST(Reply, ToARequestThatWasSeenOnceMayHaveBeenOnItsWay) {
  BehindARouter site;
  site.acknowledge(kAck);
  site.request();
  EXPECT_EQ(site.scene.finding(site.scene.judge(), id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Reply, ThatALossyCaptureDidNotSeeMayHaveBeenThere) {
  BehindARouter site;
  site.acknowledge(kAck);
  site.request();
  site.request();
  for (auto& capture : site.scene.observations.captures) capture.dropped = 1;
  EXPECT_EQ(site.scene.finding(site.scene.judge(), id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Reply, ThatResetsIsTheMembersAlsoWhereTheProxyThenClosesInOrder) {
  for (const bool is_after_the_end : {false, true}) {
    BehindARouter site;
    site.acknowledge(kAck);
    if (is_after_the_end) site.scene.send("router", "oc02", site.tuple, kFin | kAck, site.sequence + 1, 7);
    site.scene.send("oc02", "router", site.tuple.reversed(), kRst, 7);
    site.probe->end = End::closed;
    const auto run = site.scene.judge();
    const auto* reset = site.scene.finding(run, id("reset", "client1/oc02"));
    EXPECT_EQ(reset->cause, is_after_the_end ? "" : "reset.by-member");
  }
}

TEST(Reply, OfTheVipToOthersIsNotDenied) {
  for (const bool got_past : {false, true}) {
    Scene scene;
    if (got_past) scene.answered("client1", "oc01");
    scene.vip_refuses("client1");
    const auto run = scene.judge();
    const auto* finding = scene.finding(run, id("coverage", "client1/oc02"));
    EXPECT_THAT(finding->reason, HasSubstr(got_past ? "may have been balanced to it" : "no connection got past the VIP"));
  }
}

/// Nobody watches at oc02: what the balancer's capture has of its leg is all there is.
struct Unwatched : Scene {
  Unwatched() {
    blind("oc02");
    test::without_capture(*this, "oc02");
  }
  std::string cause(const std::string& pair) {
    const auto* found = finding(judge(), id("reachability", pair));
    return found ? found->cause : "no finding";
  }
};

TEST(Reply, TheBalancersOwnRstIsNoRefusalWhereNobodyWatchesTheMember) {
  Unwatched scene;
  scene.member_is_silent("client1", "oc02");
  scene.send("bigip", "oc02", {*scene.observations.probes[0].local, scene.service("oc02")}, kRst, 9);
  EXPECT_EQ(scene.cause("client1/oc02"), "");
}

TEST(Reply, ARstAfterTheMembersHandshakeIsNoRefusal) {
  Unwatched scene;
  auto& probe = scene.member_is_silent("client1", "oc02");
  const auto syn = scene.observations.packets.back();
  const Tuple server{*probe.local, scene.service("oc02")}, client{*probe.local, scene.vip()};
  for (const auto& [flags, acknowledgement] : {std::pair{kSyn | kAck, syn.sequence + 1}, std::pair{int{kRst}, 0U}}) {
    scene.send("oc02", "bigip", server.reversed(), static_cast<std::uint8_t>(flags), 7, acknowledgement);
    scene.send("bigip", "client1", client.reversed(), static_cast<std::uint8_t>(flags), 7, acknowledgement);
  }
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  EXPECT_EQ(scene.cause("client1/oc02"), "vip.reset");
}

TEST(Reply, ByANeighbourWithAnUnknownMacIsNoRouters) {
  Scene scene;
  scene.third_address("oc01", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc01" && packet.is_syn_ack()) packet.source_mac = scene.mac("router");
  expect_cause(scene, scene.judge(), id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
}

TEST(Reply, ThatWasSentToARouterIsRoutedWhoeverDeliveredIt) {
  Scene scene;
  scene.third_address("client1", "oc02", "router");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "client1" && packet.is_syn_ack()) packet.source_mac = scene.mac("bigip");
  expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "return-path.wrong-gateway");
}

TEST(Reply, ToTheRouterThatBroughtTheRequestByPassesNobody) {
  Scene scene;
  scene.answered("client1", "oc02", {.reply_to = "router"});
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc02" && packet.is_syn()) packet.source_mac = scene.mac("router");
  const auto* finding = scene.finding(scene.judge(), id("return-path", "client1/oc02"));
  EXPECT_NE(finding->grade, Grade::violated) << finding->observed;
}

TEST(Reply, ThatResetsIsNotTheMembersWhereItOnlyWentPastIt) {
  for (const bool is_overheard : {false, true}) {
    Scene scene;
    auto& probe = scene.answered("client1", "oc02");
    probe.end = End::reset;
    probe.ended_in = Phase::tls;
    probe.answer.reset();
    scene.send("oc02", "bigip", {scene.service("oc02"), *probe.local}, kRst, 7);
    for (auto& packet : scene.observations.packets)  // forged on the way, and flooded by a switch
      if (is_overheard && packet.host == "oc02" && packet.is_reset()) packet.direction = Direction::unknown;
    const auto run = scene.judge();
    EXPECT_EQ(scene.finding(run, id("reset", "client1/oc02"))->cause, is_overheard ? "" : "reset.by-member");
    EXPECT_EQ(scene.finding(run, id("reachability", "client1/oc02"))->cause, is_overheard ? "vip.reset" : "");
  }
}

TEST(Reply, ToADeclaredMacOfTheBalancersGatewayWentToTheBalancer) {
  for (const bool is_declared : {true, false}) {
    Scene scene;
    if (is_declared) scene.topology.networks[1].gateway_macs = {scene.mac("router")};
    scene.member_is_silent("client1", "oc02");
    const auto syn = scene.observations.packets.back();
    scene.send("oc02", "router", syn.tuple.reversed(), kSyn | kAck, 6, syn.sequence + 1, 9, *syn.timestamp_value);
    const auto run = scene.judge();
    if (is_declared) expect_cause(scene, run, id("reachability", "client1/oc02"), "server-leg.reply-lost");
    else expect_cause(scene, run, id("return-path", "client1/oc02"), "return-path.wrong-gateway");
  }
}

/// The kernel gave this trip to the VIP the port that the direct control to the same member had had.
void give_port_of(Scene& scene, ProbeObservation& trip, const Endpoint& before) {
  const auto now = *trip.local;
  for (auto& packet : scene.observations.packets)
    for (auto* endpoint : {&packet.tuple.source, &packet.tuple.destination})
      if (*endpoint == now) *endpoint = before;
  trip.local = before;
}

TEST(Reply, IsKnownAlsoWhereTheDirectControlHadItsPort) {
  for (const auto end : {End::decided, End::silent}) {
    Scene scene;
    const auto before = *scene.direct_control("oc01", "oc02").local;
    auto& trip = scene.third_address("oc01", "oc02");
    give_port_of(scene, trip, before);
    trip.end = end;
    const auto run = scene.judge();
    expect_cause(scene, run, id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
    EXPECT_EQ(scene.finding(run, id("reachability", "oc01/oc02"))->verdict, Verdict::skip) << "explained";
  }
}

TEST(Reply, IsARefusalAlsoWhereTheRefusedDirectControlHadItsPort) {
  for (const auto end : {End::decided, End::silent}) {
    Scene scene;
    auto& control = scene.direct_control("oc01", "oc02");
    const auto before = *control.local;
    control.end = End::refused;
    control.answer.reset();
    for (auto& packet : scene.observations.packets)
      if (packet.is_syn_ack()) packet.flags = kRst | kAck, packet.sequence = 0;
    scene.observations.responders.clear();
    auto& trip = scene.member_refuses("oc01", "oc02", true);
    give_port_of(scene, trip, before);
    trip.end = end;
    expect_cause(scene, scene.judge(), id("reachability", "oc01/oc02"), "member.refused");
  }
}

/// A SYN-ACK of the member the numbers of which nobody knows, to a port from which it had been dialled.
TEST(Reply, ToAnEarlierDirectConnectionIsNoThirdAddress) {
  for (const bool was_dialled : {true, false}) {
    Scene scene;
    const auto before = *scene.direct_control("oc01", "oc02").local;
    if (!was_dialled) std::erase_if(scene.observations.packets, [](const auto&) { return true; });
    auto& trip = scene.vip_is_silent("oc01");
    trip.ended_in = Phase::tls;
    trip.ended += std::chrono::seconds(1);
    const auto syn = scene.observations.packets.back();
    scene.send("bigip", "oc01", syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
    scene.send("router", "oc01", {scene.service("oc02"), before}, kSyn | kAck, 6, 4711);
    const auto run = scene.judge();
    const auto is_said = std::any_of(run.findings.begin(), run.findings.end(),
                                     [](const Finding& finding) { return finding.cause == "return-path.bypasses-load-balancer"; });
    EXPECT_EQ(is_said, !was_dialled);
  }
}

/// It left the member by an interface that nobody watches, or somebody on the way made it.
TEST(Reply, ThatTheBalancerGotIsNoSilenceOfTheMember) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  const auto syn = scene.observations.packets.back();
  scene.send("router", "bigip", syn.tuple.reversed(), kAck, 77, 4711, 9, *syn.timestamp_value);
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "client1/oc02"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->cause;
  EXPECT_THAT(finding->reason, HasSubstr("oc02's capture has no answer, and bigip received one in its name"));
}

}  // namespace
}  // namespace hairpin

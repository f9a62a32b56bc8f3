// SPDX-License-Identifier: Apache-2.0
// What is said of networks as reviewers met them, where a wrong match would have become a wrong verdict.
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using std::chrono::seconds;
using test::expect_cause;
using test::id;
using test::Scene;

TEST(RealNetworks, WhatMayBeAMonitorProvesNeitherCoverageNorSnat) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::none, {}}};
  const Tuple monitor{{*parse_address("10.137.2.4"), 50001}, scene.service("oc02")};
  scene.send("bigip", "oc02", monitor, kSyn, 4);
  scene.pass_time(seconds(10));
  auto& trip = scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", "client1", syn.tuple.reversed(), kSyn | kAck, 5, syn.sequence + 1, 9, *syn.timestamp_value);
  trip.ended += seconds(5);
  trip.ended_in = Phase::tls;
  scene.send("bigip", "oc02", {{monitor.source.address, 50002}, monitor.destination}, kSyn, 5);
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("coverage", "client1/oc02"))->verdict, Verdict::inconclusive);
  EXPECT_EQ(scene.finding(run, id("snat", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(RealNetworks, AReturnPathInDoubtIsNoClosedVip) {
  Scene scene;
  const Tuple foreign{{scene.address("oc01"), 51000}, scene.vip()};
  scene.send("oc01", "bigip", foreign, kSyn, 5);
  scene.send("bigip", "oc01", foreign.reversed(), kSyn | kAck, 6, 6);
  scene.proxied_third_address("oc01", "oc02").end = End::closed;
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "oc01"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive);
  EXPECT_EQ(finding->cause, "");
}

TEST(RealNetworks, WhoAnsweredNothingIsNoForeigner) {
  Scene scene;
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.front();
  const Endpoint undeclared{*parse_address("10.137.2.99"), 444};
  scene.send("bigip", "oc02", {syn.tuple.source, undeclared}, kSyn, syn.sequence, 0, *syn.timestamp_value);
  EXPECT_EQ(scene.finding(scene.judge(), id("member", "client1/10.137.2.99")), nullptr);
}

/// The balancer has a member that the topology lacks: oc02, or only its address.
Scene undeclared_member(bool is_silent, bool is_known_host) {
  Scene scene;
  scene.answered("client1", "oc01");
  if (is_silent) scene.member_is_silent("client1", "oc02");
  else scene.member_refuses("client1", "oc02");
  scene.topology.pools[0].members = {"oc01"};
  if (!is_known_host) {
    std::erase_if(scene.topology.hosts, [](const Host& host) { return host.name == "oc02"; });
    std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "oc02"; });
    for (auto& pool : scene.topology.pools) std::erase(pool.sources, "oc02");
  }
  return scene;
}

TEST(RealNetworks, ADeadMemberThatTheTopologyLacksIsNoPass) {
  for (const bool is_silent : {true, false}) {
    auto scene = undeclared_member(is_silent, true);
    const auto run = scene.judge();
    EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->cause, is_silent ? "member.silent" : "member.refused");
    EXPECT_EQ(run.verdict, Verdict::fail);
  }
}

TEST(RealNetworks, ADeadAddressThatNobodyDeclaredIsNoPassEither) {
  const auto of = [](bool is_silent) {
    auto scene = undeclared_member(is_silent, false);
    return *scene.finding(scene.judge(), id("reachability", "client1"));
  };
  EXPECT_EQ(of(false).cause, "member.refused") << "the balancer's capture has its RST";
  const auto silent = of(true);
  EXPECT_EQ(silent.verdict, Verdict::inconclusive) << "nobody watches there";
  EXPECT_NE(silent.summary.find("went to 10.137.2.22"), std::string::npos) << silent.summary;
}

TEST(RealNetworks, ASourceThatGetsItsOwnConnectionsIsAMemberThatTheTopologyLacks) {
  Scene scene;
  scene.self_hairpin("oc01");
  scene.topology.pools[0].members = {"oc02"};
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("member", "oc01/oc01"))->cause, "member.foreign");
  EXPECT_NE(scene.finding(run, id("reachability", "oc01"))->verdict, Verdict::pass);
}

TEST(RealNetworks, ARouterThatHandsOnTheVipsAnswerIsNoForeigner) {
  Scene scene;
  for (const auto* host : {"bigip", "oc01", "oc02"}) {
    scene.blind(host);
    test::without_capture(scene, host);
  }
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.front();
  auto& probe = scene.observations.probes.back();
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  probe.ended += std::chrono::seconds(5);
  scene.send("router", "client1", syn.tuple.reversed(), kSyn | kAck, 4000, syn.sequence + 1, 9, *syn.timestamp_value);
  for (auto packet : std::vector(scene.observations.packets)) {  // its only capture is on client1's side
    packet.host = "router";
    packet.direction = packet.direction == Direction::in ? Direction::out : Direction::in;
    scene.observations.packets.push_back(packet);
  }
  const auto run = scene.judge();
  for (const auto& finding : run.findings) EXPECT_NE(finding.cause, "member.foreign") << finding.summary;
}

TEST(RealNetworks, WhatTheResponderSaidOfTheTripComesBeforeAnInferredThirdAddress) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  auto& trip = scene.answered("oc01", "oc01", {.snat = "10.137.2.4", .is_proxied = true});
  const Endpoint foreign{scene.address("oc01"), 61234};
  scene.send("oc02", "oc01", {scene.service("oc02"), foreign}, kSyn | kAck, 7000, 9001);
  trip.ended += seconds(1);
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("snat", "oc01/oc01"))->verdict, Verdict::pass);
}

}  // namespace
}  // namespace hairpin

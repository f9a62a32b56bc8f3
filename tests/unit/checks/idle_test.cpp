// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/checks/expect.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using test::send_request;

/// A site that promises 30 s, on which client1 was answered once.
Scene promising() {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.idle = std::chrono::seconds(30);
  scene.answered("client1", "oc01");
  return scene;
}

ProbeObservation& idled(Scene& scene, End end, Phase phase) {
  auto& probe = scene.answered("client1", "oc02");
  probe.idled = std::chrono::seconds(30);
  probe.end = end;
  probe.ended_in = phase;
  return probe;
}

void acknowledge(Scene& scene) {
  auto packet = scene.observations.packets.back();
  packet.tuple = packet.tuple.reversed();
  packet.direction = Direction::in;
  packet.acknowledgement = packet.sequence + packet.payload_bytes;
  packet.payload_bytes = 0;
  packet.flags = kAck;
  ++packet.frame;
  scene.observations.packets.push_back(packet);
}

/// Client1's connection to oc02 was silent after its rest; oc02 answers otherwise.
Scene dropped_silently() {
  auto scene = promising();
  scene.answered("client1", "oc02");
  send_request(scene, idled(scene, End::silent, Phase::response));
  return scene;
}

void expect_doubt(const Scene& scene, const char* reason) {
  const auto* finding = scene.finding(scene.judge(), id("idle", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
  EXPECT_THAT(finding->reason, testing::HasSubstr(reason));
}

TEST(Idle, AnAnswerAfterTheRestPasses) {
  auto scene = promising();
  idled(scene, End::answered, Phase::close);
  EXPECT_EQ(scene.finding(scene.judge(), id("idle", "client1"))->verdict, Verdict::pass);
}

TEST(Idle, AResetAndACloseAreATimeout) {
  for (const auto end : {End::reset, End::closed}) {
    auto scene = promising();
    scene.answered("client1", "oc02");
    idled(scene, end, Phase::response);
    expect_cause(scene, scene.judge(), id("idle", "client1"), "reset.idle-timeout");
  }
}

TEST(Idle, AMemberThatAnswersNobodyIsNoTimeout) {
  auto scene = promising();
  idled(scene, End::closed, Phase::response);
  expect_doubt(scene, "no connection without a rest was answered");
}

TEST(Idle, OurLostResponderIsNobodysTimeout) {
  for (const auto end : {End::reset, End::silent}) {
    auto scene = dropped_silently();
    scene.observations.probes.back().end = end;
    for (auto& agent : scene.observations.agents)
      if (agent.host == "oc02") agent.state = AgentState::lost;
    expect_doubt(scene, "responder on oc02 was not running");
  }
}

TEST(Idle, ARequestThatWasAcknowledgedWasNotDropped) {
  auto scene = dropped_silently();
  acknowledge(scene);
  expect_doubt(scene, "it was acknowledged");
}

TEST(Idle, SilenceWithoutACaptureProvesNothing) {
  auto scene = dropped_silently();
  test::capture_of(scene, "client1").dropped = 3;
  expect_doubt(scene, "no reliable capture");
}

TEST(Idle, APathThatLosesPacketsMayHaveLostTheRequest) {
  auto scene = dropped_silently();
  const auto syn = std::find_if(scene.observations.packets.begin(), scene.observations.packets.end(),
                                [](const auto& packet) { return packet.host == "client1" && packet.is_syn(); });
  scene.observations.packets.insert(syn, *syn);  // of another trip: it was sent again
  expect_doubt(scene, "the path loses packets");
}

TEST(Idle, SilenceIsItsOwnCause) {
  const auto scene = dropped_silently();
  expect_cause(scene, scene.judge(), id("idle", "client1"), "idle.dropped-silently");
}

TEST(Idle, WhatFailsBeforeTheRestSaysNothingOfIt) {
  auto scene = promising();
  scene.answered("client1", "oc02");
  idled(scene, End::reset, Phase::tls);
  EXPECT_EQ(scene.finding(scene.judge(), id("idle", "client1"))->verdict, Verdict::inconclusive);
}

TEST(Idle, ASourceThatIsNeverAnsweredIsExplained) {
  auto scene = promising();
  scene.third_address("oc01", "oc02");
  const auto* finding = scene.finding(scene.judge(), id("idle", "oc01"));
  EXPECT_EQ(finding->verdict, Verdict::skip);
  EXPECT_EQ(finding->explained_by, id("reachability", "oc01/ipv4"));
}

TEST(Idle, IsNobodyElsesTrip) {
  auto scene = promising();
  idled(scene, End::reset, Phase::response);
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->verdict, Verdict::pass);
  EXPECT_EQ(scene.finding(run, id("coverage", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Idle, WithoutAPromiseThereIsNoFinding) {
  Scene scene;
  scene.answered("client1", "oc01");
  EXPECT_EQ(scene.finding(scene.judge(), id("idle", "client1")), nullptr);
}

}  // namespace
}  // namespace hairpin

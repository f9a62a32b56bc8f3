// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;

/// The SYN that left this host for `to` left it once more before anything came back, and was seen nowhere else.
void send_again(Scene& scene, const std::string& host, const Endpoint& to) {
  auto& packets = scene.observations.packets;
  const auto again = *std::find_if(packets.rbegin(), packets.rend(), [&](const auto& packet) {
    return packet.host == host && packet.is_syn() && packet.direction == Direction::out && packet.tuple.destination == to;
  });
  packets.push_back(again);
}

/// client1's SYN left once more than it arrived, and was answered all the same.
void lose_a_syn(Scene& scene) {
  scene.answered("client1", "oc01");
  send_again(scene, "client1", scene.vip());
}

/// A silent trip whose SYN did not reach the balancer.
void lose_a_connection(Scene& scene) {
  const auto& probe = scene.vip_is_silent("client1");
  std::erase_if(scene.observations.packets, [&](const auto& packet) {
    return packet.host == "bigip" && packet.tuple.source == *probe.local;
  });
}

TEST(Loss, WhatArrivesPasses) {
  Scene scene;
  scene.answered("client1", "oc01");
  EXPECT_EQ(scene.finding(scene.judge(), id("loss", "client1"))->verdict, Verdict::pass);
}

TEST(Loss, WhatLeftAndDidNotArriveWarns) {
  Scene scene;
  lose_a_syn(scene);
  const auto finding = expect_cause(scene, scene.judge(), id("loss", "client1"), "path.loss");
  EXPECT_EQ(finding.verdict, Verdict::warn);
  EXPECT_EQ(finding.failed, 1u);
}

TEST(Loss, ExplainsAConnectionThatFailsOnALosingPath) {
  Scene scene;
  scene.answered("client1", "oc02");
  lose_a_syn(scene);
  lose_a_connection(scene);
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->verdict, Verdict::pass);
  EXPECT_EQ(scene.finding(run, id("loss", "client1"))->verdict, Verdict::warn);
}

TEST(Loss, DoesNotExcuseAFilter) {
  Scene scene;
  scene.answered("client1", "oc01");
  lose_a_connection(scene);
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1"), "client-leg.filtered");
  EXPECT_EQ(scene.finding(run, id("loss", "client1"))->verdict, Verdict::pass) << "the filter is reachability's";
}

/// The first member answered for an earlier connection; the SYN that was sent again went to the other one.
TEST(Loss, ASynThatWentToAnotherMemberIsNotLost) {
  Scene scene;
  const auto& probe = scene.answered("client1", "oc02");
  auto& packets = scene.observations.packets;
  auto first = *std::find_if(packets.begin(), packets.end(), [](const auto& packet) {
    return packet.host == "bigip" && packet.is_syn() && packet.direction == Direction::out;
  });
  ASSERT_EQ(first.tuple.source, *probe.local);
  first.tuple = {{scene.address("client1"), 1024}, scene.service("oc01")};
  auto arrived = first;
  arrived.host = "oc01";
  arrived.direction = Direction::in;
  auto ack = first, answer = arrived;
  for (auto* packet : {&ack, &answer}) {
    packet->tuple = first.tuple.reversed();
    packet->flags = kAck;
    packet->acknowledgement = 4711;
  }
  ack.direction = Direction::in;
  answer.direction = Direction::out;
  packets.insert(packets.begin(), {first, arrived, ack, answer});
  EXPECT_EQ(scene.finding(scene.judge(), id("loss", "client1"))->verdict, Verdict::pass);
}

TEST(Loss, OneCaptureAloneCountsRepeatedSyns) {
  Scene scene;
  scene.blind("bigip");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  lose_a_syn(scene);
  expect_cause(scene, scene.judge(), id("loss", "client1"), "path.loss");
}

TEST(Loss, ACaptureThatDroppedPacketsProvesNothing) {
  for (const std::string host : {"client1", "oc01"})
    for (const bool has_dropped : {true, false}) {
      Scene scene;
      scene.answered("client1", "oc01");
      if (host == "oc01") send_again(scene, "bigip", scene.service("oc01"));
      std::erase_if(scene.observations.packets, [&](const auto& packet) { return packet.host == host && packet.is_syn_ack(); });
      test::capture_of(scene, host).dropped = has_dropped ? 1 : 0;
      const auto* finding = scene.finding(scene.judge(), id("loss", "client1"));
      EXPECT_EQ(finding->verdict, has_dropped ? Verdict::pass : Verdict::warn) << host;
    }
}

TEST(Loss, TheSynThatNPathPassesOnNeedNotComeBackToTheSource) {
  Scene scene;
  scene.direct_return("client1", "oc02");
  EXPECT_EQ(scene.finding(scene.judge(), id("loss", "client1"))->verdict, Verdict::pass);
}

}  // namespace
}  // namespace hairpin

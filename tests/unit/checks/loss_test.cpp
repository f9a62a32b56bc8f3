// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;

/// client1's SYN left once more than it arrived, and was answered all the same.
void lose_a_syn(Scene& scene) {
  const auto& probe = scene.answered("client1", "oc01");
  const Tuple tuple{*probe.local, scene.vip()};
  for (const auto& packet : scene.observations.packets)
    if (packet.host == "client1" && packet.tuple == tuple && packet.is_syn()) {
      auto again = packet;
      again.frame = 1000;
      scene.observations.packets.push_back(again);
      return;
    }
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

TEST(Loss, OneCaptureAloneCountsRepeatedSyns) {
  Scene scene;
  scene.blind("bigip");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  lose_a_syn(scene);
  expect_cause(scene, scene.judge(), id("loss", "client1"), "path.loss");
}

TEST(Loss, ACaptureThatDroppedPacketsProvesNothing) {
  Scene scene;
  lose_a_syn(scene);
  for (auto& capture : scene.observations.captures)
    if (capture.host == "bigip" || capture.host == "oc01") capture.dropped = 1;
  scene.observations.packets.pop_back();
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip" && packet.is_syn(); });
  EXPECT_EQ(scene.finding(scene.judge(), id("loss", "client1"))->verdict, Verdict::pass);
}

}  // namespace
}  // namespace hairpin

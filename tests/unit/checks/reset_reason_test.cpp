// SPDX-License-Identifier: Apache-2.0
// BIG-IP's own words in a RST are quoted where a RST is judged, and change no verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;

constexpr const char* kReason = "[0x2409f3c:8181] No available pool member";

/// The balancer's RST as its agent-less vantage would see it: the source's capture alone.
void say_why(Scene& scene) {
  for (auto& packet : scene.observations.packets)
    if (packet.is_reset() && packet.tuple.source == scene.vip()) packet.reset_cause = kReason;
}

/// An established connection that a RST from the VIP ended; the responder on oc02 tells that it got there, and nobody
/// watched but the source.
void reset_after_handshake(Scene& scene) {
  for (const auto* host : {"bigip", "oc02"}) {
    scene.blind(host);
    std::erase_if(scene.observations.captures, [&](const auto& capture) { return capture.host == host; });
  }
  auto& probe = scene.answered("client1", "oc02");
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  probe.answer.reset();
  ResponderObservation responder;
  responder.host = "oc02";
  responder.accepted = probe.ended;
  responder.local = scene.service("oc02");
  responder.peer = *probe.local;
  responder.trip = probe.trip;
  scene.observations.responders.push_back(responder);
  scene.send("bigip", "client1", {scene.vip(), *probe.local}, kRst | kAck, 7, 8);
}

TEST(ResetReason, IsQuotedWhereTheVipRefuses) {
  Scene scene;
  scene.vip_refuses("client1");
  const auto silent = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  EXPECT_EQ(silent.observed, "RST from 10.137.2.11:444");
  ASSERT_EQ(silent.evidence.size(), 2u) << "the probe's account and the packet";
  EXPECT_EQ(silent.evidence[1].vantage, "client1/eth0");
  say_why(scene);
  const auto telling = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  EXPECT_EQ(telling.observed, std::string("RST from 10.137.2.11:444, which says \"") + kReason + "\"");
}

TEST(ResetReason, IsQuotedWhereTheVipResets) {
  Scene scene;
  reset_after_handshake(scene);
  say_why(scene);
  const auto run = scene.judge();
  const auto finding = expect_cause(scene, run, id("reachability", "client1/oc02"), "vip.reset");
  EXPECT_EQ(finding.observed, std::string("RST in phase tls, which says \"") + kReason + "\"");
  const auto* reset = scene.finding(run, id("reset", "client1/oc02"));
  ASSERT_NE(reset, nullptr);
  EXPECT_EQ(reset->verdict, Verdict::skip);
  EXPECT_EQ(reset->observed, std::string("RST from 10.137.2.11:444, which says \"") + kReason + "\"");
}

TEST(ResetReason, IsQuotedWhereTheBalancerIsSeenToReset) {
  Scene scene;
  auto& probe = scene.answered("client1", "oc02");
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  probe.answer.reset();
  scene.send("bigip", "client1", {scene.vip(), *probe.local}, kRst | kAck, 7, 8);
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("reset", "client1/oc02"), "reset.by-load-balancer").observed, "RST sent by bigip");
  say_why(scene);
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("reset", "client1/oc02"), "reset.by-load-balancer").observed, HasSubstr(kReason));
}

TEST(ResetReason, ChangesNoVerdict) {
  Scene scene;
  reset_after_handshake(scene);
  scene.vip_refuses("oc01");
  const auto before = scene.judge();
  say_why(scene);
  const auto after = scene.judge();
  ASSERT_EQ(before.findings.size(), after.findings.size());
  for (std::size_t i = 0; i < before.findings.size(); ++i) {
    EXPECT_EQ(before.findings[i].verdict, after.findings[i].verdict) << before.findings[i].id;
    EXPECT_EQ(before.findings[i].cause, after.findings[i].cause) << before.findings[i].id;
  }
}

}  // namespace
}  // namespace hairpin

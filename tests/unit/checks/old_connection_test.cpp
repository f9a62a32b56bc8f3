// SPDX-License-Identifier: Apache-2.0
// A SYN on a port whose last connection the other end still has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint32_t kOldNumber = 0x12345678;

/// The last SYN that `from` sent, which is answered with an ACK of an earlier connection, reset, and sent again.
void remember(Scene& scene, const std::string& from, const std::string& to) {
  const auto syn = scene.observations.packets.back();
  scene.send(to, from, syn.tuple.reversed(), kAck, 77, kOldNumber, 9, *syn.timestamp_value);
  scene.send(from, to, syn.tuple, kRst, kOldNumber);
  scene.send(from, to, syn.tuple, kSyn, syn.sequence, 0, *syn.timestamp_value + 12);
}

void promise_automap(Scene& scene) { scene.topology.pools.front().virtual_servers.front().expect.snat = {{{}, SnatType::automap, {}}}; }

/// client1's SYN reaches oc02 from the balancer's own address, and that port was used before.
void translated_to_oc02(Scene& scene, const std::string& as = "10.137.2.4") {
  auto& probe = scene.member_is_silent("client1", "oc02");
  const Endpoint translated{*parse_address(as), 1024};
  for (auto& packet : scene.observations.packets)
    if (packet.tuple.destination == scene.service("oc02")) packet.tuple.source = translated;
  remember(scene, "bigip", "oc02");
  ASSERT_TRUE(probe.local);
}

TEST(OldConnection, IsNoSilenceOfTheVip) {
  Scene scene;
  promise_automap(scene);
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.old-connection");
  EXPECT_EQ(finding.verdict, Verdict::fail);
  EXPECT_THAT(finding.observed, HasSubstr("10.137.2.11:444 answered the SYN from 10.137.1.10:"));
  EXPECT_THAT(finding.evidence.back().text, HasSubstr("10.137.2.11")) << "the packet";
}

TEST(OldConnection, IsSeenByTheSourceAlone) {
  Scene scene;
  promise_automap(scene);
  test::unwatch_balancer(scene);
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.old-connection");
}

/// The source's kernel chose the port: that is nobody's configuration.
TEST(OldConnection, OfTheSourcesOwnPortIsNotTheBalancers) {
  Scene scene;
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive);
  EXPECT_THAT(finding->reason, HasSubstr("the source's own port"));
}

TEST(OldConnection, OfAMemberIsNoLostReply) {
  Scene scene;
  translated_to_oc02(scene);
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "member.old-connection");
  EXPECT_THAT(finding.observed, HasSubstr("oc02 answered the SYN from 10.137.2.4:1024"));
}

TEST(OldConnection, OfAMemberWithTheSourcesOwnPortIsNotTheBalancers) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  remember(scene, "bigip", "oc02");
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
}

/// The ACK of this very SYN, whose SYN-ACK nobody saw, is another matter.
TEST(OldConnection, IsNotAnAckOfThisOne) {
  Scene scene;
  promise_automap(scene);
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", "client1", syn.tuple.reversed(), kAck, 77, syn.sequence + 1, 9, *syn.timestamp_value);
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
}

/// It came up in the second attempt: said, and neither a failure nor a loss.
TEST(OldConnection, ThatIsResetInTimeIsSaid) {
  Scene scene;
  promise_automap(scene);
  test::unwatch_balancer(scene);
  scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  auto run = scene.judge();
  EXPECT_THAT(scene.finding(run, id("reachability", "client1"))->observed, Not(HasSubstr("earlier connection")));
  auto& packets = scene.observations.packets;
  const auto is_first = [](const PacketObservation& packet) { return packet.host == "client1" && packet.is_syn(); };
  const auto first = *std::find_if(packets.begin(), packets.end(), is_first);
  auto ack = first, reset = first;
  ack.tuple = first.tuple.reversed();
  ack.direction = Direction::in;
  ack.flags = kAck;
  ack.acknowledgement = kOldNumber;
  reset.flags = kRst;
  packets.insert(packets.begin(), {first, ack, reset});
  for (int i = 0; i < 3; ++i) packets[static_cast<std::size_t>(i)].frame = 0;
  run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::pass);
  EXPECT_THAT(finding->observed, HasSubstr("1 of them when tried again"));
  EXPECT_EQ(scene.finding(run, id("loss", "client1"))->verdict, Verdict::pass) << "answered, not lost";
}

}  // namespace
}  // namespace hairpin

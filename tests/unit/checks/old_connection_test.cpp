// SPDX-License-Identifier: Apache-2.0
// A SYN on a port whose last connection the other end still has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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

/// client1's SYN reaches oc02 from this address, and that port was used before.
void translate_to_oc02(Scene& scene, const std::string& as = "10.137.2.4") {
  scene.member_is_silent("client1", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.tuple.destination == scene.service("oc02")) packet.tuple.source = {*parse_address(as), 1024};
  remember(scene, "bigip", "oc02");
}

const std::string kAtVip = id("reachability", "client1"), kAtMember = id("reachability", "client1/oc02");

std::string reason_of(const Scene& scene, const std::string& finding_id) {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, finding_id);
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->cause;
  return finding->reason;
}

/// As with most balancers: nobody watches behind the VIP.
Scene behind_an_unwatched_balancer() {
  Scene scene;
  promise_automap(scene);
  test::unwatch_balancer(scene);
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  return scene;
}

TEST(OldConnection, IsNoSilenceOfTheVip) {
  const auto scene = behind_an_unwatched_balancer();
  const auto finding = expect_cause(scene, scene.judge(), kAtVip, "vip.old-connection");
  EXPECT_EQ(finding.verdict, Verdict::fail);
  EXPECT_THAT(finding.observed, HasSubstr("10.137.2.11:444 answered the SYN from 10.137.1.10:"));
  EXPECT_THAT(finding.evidence.back().text, HasSubstr("10.137.2.11")) << "the packet";
}

TEST(OldConnection, OfThePortThatTheClientChoseIsNotTheSnats) {
  auto scene = behind_an_unwatched_balancer();
  auto& snat = scene.topology.pools.front().virtual_servers.front().expect.snat;
  snat.front().type = SnatType::none;
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("whose choice it was is not known"));
  snat.clear();
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("whose choice it was is not known"));
}

TEST(OldConnection, OfTheBalancerItselfIsNotTheSnats) {
  Scene scene;
  promise_automap(scene);
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("bigip itself still has an earlier one"));
}

TEST(OldConnection, BesideABalancerThatGotNothingIsAnotherDevices) {
  auto scene = behind_an_unwatched_balancer();
  for (auto& self_ip : scene.topology.hosts.back().self_ips) self_ip.is_floating = false;  // there is no other unit
  CaptureFacts capture = scene.observations.captures.front();
  capture.host = "bigip";
  scene.observations.captures.push_back(capture);
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("another device answers for the VIP"));
}

TEST(OldConnection, OfAMemberIsNoLostReply) {
  Scene scene;
  translate_to_oc02(scene);
  const auto finding = expect_cause(scene, scene.judge(), kAtMember, "member.old-connection");
  EXPECT_THAT(finding.observed, HasSubstr("oc02 answered the SYN from 10.137.2.4:1024"));
}

TEST(OldConnection, OfAMemberIsSeenByTheBalancerAlone) {
  Scene scene;
  scene.blind("oc02");
  test::without_capture(scene, "oc02");
  translate_to_oc02(scene);
  expect_cause(scene, scene.judge(), kAtMember, "member.old-connection");
}

TEST(OldConnection, OfAPortThatWasNotTheBalancersChoiceIsUnresolved) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  remember(scene, "bigip", "oc02");
  EXPECT_THAT(reason_of(scene, kAtMember), HasSubstr("not bigip's choice")) << "the source's own";
  Scene other;
  translate_to_oc02(other, "198.51.100.1");
  EXPECT_THAT(reason_of(other, kAtMember), HasSubstr("not bigip's choice")) << "a NAT's in front";
}

/// A SNAT that nobody declared, in the balancer's own connection table.
TEST(OldConnection, OfAPortInTheBalancersTableIsItsChoice) {
  Scene scene;
  translate_to_oc02(scene, "198.51.100.1");
  const auto& probe = scene.observations.probes.back();
  ConnectionObservation entry;
  entry.host = "bigip";
  entry.time = probe.ended;
  entry.client = *probe.local;
  entry.virtual_server = scene.vip();
  entry.as = {*parse_address("198.51.100.1"), 1024};
  entry.member = scene.service("oc02");
  scene.observations.connections.push_back(entry);
  expect_cause(scene, scene.judge(), kAtMember, "member.old-connection");
}

/// The ACK did not come back to the balancer: that is what is wrong first.
TEST(OldConnection, WhoseAckIsLostIsALostReply) {
  Scene scene;
  translate_to_oc02(scene);
  std::erase_if(scene.observations.packets, [&](const PacketObservation& packet) {
    const bool is_ack = packet.has(kAck) || packet.is_reset();
    return is_ack && !(packet.host == "oc02" && packet.direction == Direction::out);
  });
  expect_cause(scene, scene.judge(), kAtMember, "server-leg.reply-lost");
}

/// The member's capture missed the SYN-ACK: what acknowledges the request is no earlier connection's.
TEST(OldConnection, IsNotAConnectionThatWentOn) {
  Scene scene;
  translate_to_oc02(scene);
  auto& packets = scene.observations.packets;
  for (auto& packet : packets)
    if (packet.is_reset()) packet.flags = kAck;
  std::stable_partition(packets.begin(), packets.end(), [](const auto& packet) { return packet.is_syn() || packet.acknowledgement == 0; });
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i].frame = i + 1;
  EXPECT_NE(scene.finding(scene.judge(), kAtMember)->cause, "member.old-connection");
}

/// The SYN that was sent again came up: what happened then is what is wrong.
TEST(OldConnection, IsNotWhatEndedAConnectionThatCameUpLater) {
  Scene scene;
  translate_to_oc02(scene);
  const auto syn = scene.observations.packets.back();
  scene.send("oc02", "bigip", syn.tuple.reversed(), kSyn | kAck, 9, syn.sequence + 1, 9, *syn.timestamp_value);
  scene.send("oc02", "bigip", syn.tuple.reversed(), kRst, 10);
  auto& probe = scene.observations.probes.back();
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  expect_cause(scene, scene.judge(), id("reset", "client1/oc02"), "reset.by-member");
}

/// A load's captures are not proven: the caller's RST for the ACK proves it.
TEST(OldConnection, IsProvenByTheRstForItsAck) {
  Scene scene;
  test::unwatch_balancer(scene);
  translate_to_oc02(scene);
  test::capture_of(scene, "oc02").is_proven_after = false;
  expect_cause(scene, scene.judge(), kAtMember, "member.old-connection");
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.is_reset(); });
  EXPECT_THAT(reason_of(scene, kAtMember), HasSubstr("nobody watched where it should have arrived"));
}

/// Somebody on the way answers in the name of a member that got nothing.
TEST(OldConnection, InTheNameOfAMemberThatGotNothingIsAFiltersWork) {
  Scene scene;
  scene.blind("oc02");
  translate_to_oc02(scene);
  const auto finding = expect_cause(scene, scene.judge(), kAtMember, "server-leg.filtered");
  EXPECT_THAT(finding.observed, HasSubstr("an ACK came back in its name all the same"));
}

/// A full proxy goes on to a member only after its own handshake.
TEST(OldConnection, BehindABalancerThatEndsTlsIsItsOwn) {
  auto scene = behind_an_unwatched_balancer();
  scene.topology.pools.front().virtual_servers.front().expect.tls_mode = TlsMode::terminate;
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("bigip itself still has an earlier one"));
}

/// The balancer took the SYN from an address that nobody has: a NAT in front is not another device at the VIP.
TEST(OldConnection, OfASourceThatIsTranslatedInFrontIsNoStrangers) {
  Scene scene;
  promise_automap(scene);
  scene.vip_is_silent("client1");
  remember(scene, "client1", "bigip");
  for (auto& packet : scene.observations.packets) {
    if (packet.host != "bigip") continue;
    for (auto* end : {&packet.tuple.source, &packet.tuple.destination})
      if (*end != scene.vip()) *end = {*parse_address("198.51.100.1"), 1024};
    packet.sequence += 4711;
  }
  EXPECT_THAT(reason_of(scene, kAtVip), HasSubstr("the source may be translated on the way"));
}

/// Each attempt got a port and a member of its own; both had had an earlier connection of that port.
TEST(OldConnection, IsJudgedByTheLastOfSeveralAttempts) {
  for (const bool has_timestamps : {true, false}) {
    Scene scene;
    scene.has_timestamps = has_timestamps;
    promise_automap(scene);
    auto& probe = scene.vip_is_silent("client1");
    const auto syn = scene.observations.packets.back();
    const auto stamp = syn.timestamp_value.value_or(0);
    const auto attempt = [&](const std::string& member, std::uint16_t port, std::uint32_t later) {
      const Tuple server{{*parse_address("10.137.2.4"), port}, scene.service(member)};
      scene.send("bigip", member, server, kSyn, syn.sequence, 0, stamp + later);
      scene.send(member, "bigip", server.reversed(), kAck, 77, kOldNumber, 9, 9);
      scene.send("bigip", "client1", syn.tuple.reversed(), kAck, 77, kOldNumber, 9, 9);
      scene.send("client1", "bigip", syn.tuple, kRst, kOldNumber);
      scene.send("bigip", member, server, kRst, kOldNumber);
    };
    attempt("oc01", 1024, 0);
    scene.send("client1", "bigip", syn.tuple, kSyn, syn.sequence, 0, stamp + 12);
    attempt("oc02", 1025, 12);
    probe.ended += std::chrono::seconds(1);
    if (has_timestamps)
      expect_cause(scene, scene.judge(), kAtMember, "member.old-connection");
    else
      EXPECT_EQ(scene.finding(scene.judge(), kAtMember)->verdict, Verdict::skip) << "nothing tells the attempts apart";
  }
}

/// The ACK of this very SYN, whose SYN-ACK nobody saw, is another matter.
TEST(OldConnection, IsNotAnAckOfThisOne) {
  Scene scene;
  promise_automap(scene);
  test::unwatch_balancer(scene);
  scene.vip_is_silent("client1");
  const auto syn = scene.observations.packets.back();
  scene.send("bigip", "client1", syn.tuple.reversed(), kAck, 77, syn.sequence + 1, 9, *syn.timestamp_value);
  expect_cause(scene, scene.judge(), kAtVip, "vip.silent");
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

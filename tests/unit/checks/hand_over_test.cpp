// SPDX-License-Identifier: Apache-2.0
// What a diagnosis tells somebody who sees nothing else: the failing connections, the working ones, the commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::Scene;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Diagnosis only_diagnosis(const Scene& scene) {
  const auto run = scene.judge();
  EXPECT_EQ(run.diagnoses.size(), 1u);
  return run.diagnoses.empty() ? Diagnosis() : run.diagnoses[0];
}

std::vector<std::string> names(const std::vector<QuotedPair>& pairs) {
  std::vector<std::string> result;
  for (const auto& pair : pairs) result.push_back(pair.source + ">" + pair.member);
  return result;
}

/// client1 works on both members, oc01 fails on oc02 and on itself.
Scene broken_site() {
  Scene scene;
  for (int i = 0; i < 2; ++i) {
    scene.answered("client1", "oc01");
    scene.answered("client1", "oc02");
    scene.third_address("oc01", "oc02");
    scene.self_hairpin("oc01");
  }
  return scene;
}

TEST(HandOver, QuotesTheFailingConnectionAsTcpdumpPrintsIt) {
  const auto scene = broken_site();
  const auto diagnosis = only_diagnosis(scene);
  ASSERT_THAT(names(diagnosis.failing), ElementsAre("oc01>oc01", "oc01>oc02"));
  const auto& pair = diagnosis.failing[1];
  EXPECT_EQ(pair.vip, "10.137.2.11:444");
  EXPECT_EQ(pair.attempts, 2u);
  EXPECT_EQ(pair.count, 2u);
  EXPECT_EQ(pair.connection, "10.137.2.21.40003 > 10.137.2.11.444");
  EXPECT_EQ(pair.time, scene.observations.probes[2].started);
  EXPECT_EQ(pair.first, scene.observations.probes[2].started);
  EXPECT_EQ(pair.last, scene.observations.probes[6].started);
}

TEST(HandOver, SaysWhatCameBackFromWhichAddressAndMac) {
  const auto diagnosis = only_diagnosis(broken_site());
  ASSERT_EQ(diagnosis.failing.size(), 2u);
  EXPECT_EQ(diagnosis.failing[0].came_back, "its own SYN, 10.137.2.21.40004 > 10.137.2.21.444 (MAC 02:00:00:00:00:04, bigip)");
  EXPECT_EQ(diagnosis.failing[1].came_back, "SYN-ACK from 10.137.2.22.444 (MAC 02:00:00:00:00:16, oc02)");
}

TEST(HandOver, AProxysOwnSynAckCameBackAsWell) {
  Scene scene;
  scene.proxied_third_address("oc01", "oc02");
  const auto diagnosis = only_diagnosis(scene);
  ASSERT_EQ(diagnosis.failing.size(), 1u);
  EXPECT_EQ(diagnosis.failing[0].came_back,
            "SYN-ACK from 10.137.2.11.444 (MAC 02:00:00:00:00:04, bigip), then SYN-ACK from 10.137.2.22.444 "
            "(MAC 02:00:00:00:00:16, oc02)");
}

TEST(HandOver, NothingCameBackOnlyWhereTheCaptureCanVouch) {
  for (const bool is_reliable : {true, false}) {
    Scene scene;
    scene.vip_is_silent("client1");
    if (!is_reliable) scene.observations.captures[0].dropped = 1;
    const auto diagnosis = only_diagnosis(scene);
    ASSERT_EQ(diagnosis.failing.size(), 1u);
    EXPECT_EQ(diagnosis.failing[0].came_back, is_reliable ? "nothing" : "not known: no reliable capture on client1");
    EXPECT_EQ(diagnosis.failing[0].member, "");
  }
}

TEST(HandOver, HasTheFramesOfBothEnds) {
  const auto diagnosis = only_diagnosis(broken_site());
  std::vector<std::string> frames;
  for (const auto& packet : diagnosis.failing[1].packets) frames.push_back(packet.vantage + "#" + std::to_string(packet.frame.value_or(0)));
  // at oc01 its SYN, the SYN-ACK, its RST; at oc02 the same from there: 5 is after the two connections of client1
  EXPECT_THAT(frames, ElementsAre("oc01/eth0#3", "oc01/eth0#4", "oc01/eth0#5", "oc02/eth0#3", "oc02/eth0#4", "oc02/eth0#5"));
}

TEST(HandOver, QuotesWhatWorksThroughTheSameVip) {
  const auto scene = broken_site();
  const auto diagnosis = only_diagnosis(scene);
  ASSERT_THAT(names(diagnosis.working), ElementsAre("client1>oc01", "client1>oc02"));
  EXPECT_EQ(diagnosis.working[1].count, 2u);
  EXPECT_EQ(diagnosis.working[1].attempts, 2u);
  EXPECT_EQ(diagnosis.working[1].connection, "10.137.1.10.40002 > 10.137.2.11.444") << "the nearest in time";
  EXPECT_THAT(diagnosis.working[1].repeat, IsEmpty());
}

TEST(HandOver, TheGoodHalfOfAnIntermittentPairWorks) {
  Scene scene;
  scene.answered("oc01", "oc02");
  scene.third_address("oc01", "oc02");
  const auto diagnosis = only_diagnosis(scene);
  ASSERT_THAT(names(diagnosis.failing), ElementsAre("oc01>oc02"));
  EXPECT_EQ(diagnosis.failing[0].count, 1u);
  EXPECT_EQ(diagnosis.failing[0].attempts, 2u);
  ASSERT_THAT(names(diagnosis.working), ElementsAre("oc01>oc02"));
  EXPECT_EQ(diagnosis.working[0].count, 1u);
}

TEST(HandOver, AnotherVirtualServerProvesNothing) {
  auto scene = broken_site();
  auto other = scene.topology.pools[0].virtual_servers[0];
  other.name = "other";
  other.port = other.member_port = 445;
  scene.topology.pools[0].virtual_servers.push_back(other);
  for (auto& probe : scene.observations.probes)
    if (probe.host == "client1") probe.target = {"pool01", "other", "", {scene.vip().address, 445}};
  const auto run = scene.judge();
  ASSERT_FALSE(run.diagnoses.empty());
  EXPECT_EQ(run.diagnoses[0].cause, "return-path.bypasses-load-balancer");
  EXPECT_THAT(run.diagnoses[0].working, IsEmpty());
}

TEST(HandOver, AClientWithoutSnatIsAnsweredAndProvesTheVipAlive) {
  auto scene = broken_site();
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  const auto diagnosis = only_diagnosis(scene);
  EXPECT_THAT(names(diagnosis.failing), ElementsAre("oc01>oc01", "oc01>oc02"));
  EXPECT_THAT(names(diagnosis.working), ElementsAre("client1>oc01", "client1>oc02"));
}

TEST(HandOver, ABrokenPromiseAloneIsQuotedWithItsExpectation) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::none, {}}};
  scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  scene.answered("client1", "oc02");
  const auto diagnosis = only_diagnosis(scene);
  ASSERT_THAT(names(diagnosis.failing), ElementsAre("client1>oc01"));
  EXPECT_THAT(diagnosis.failing[0].came_back, HasSubstr("; expected client1's own address, observed 10.137.2.4"));
  EXPECT_THAT(names(diagnosis.working), ElementsAre("client1>oc02"));
}

TEST(HandOver, HasTheCommandsOfTheFailingSources) {
  const auto diagnosis = only_diagnosis(broken_site());
  EXPECT_THAT(diagnosis.look, Contains("tmsh show sys connection cs-server-addr 10.137.2.11 cs-server-port 444 cs-client-addr 10.137.2.21"));
  EXPECT_THAT(diagnosis.capture, ElementsAre("timeout 30 tcpdump -ni 0.0:nnn -s0 -c 2000 -w /var/tmp/hairpin-pool01-mcu-factory.pcap "
                                             "'host 10.137.2.21 and port 444'"));
  ASSERT_EQ(diagnosis.failing[1].repeat.size(), 2u);
  EXPECT_THAT(diagnosis.failing[1].repeat[0], HasSubstr("tcpdump -ni eth0 -c 20 'tcp port 444 and (host 10.137.2.11 or host 10.137.2.22)'"));
  EXPECT_THAT(diagnosis.failing[1].repeat[1], HasSubstr("--interface 10.137.2.21 "));
  EXPECT_THAT(diagnosis.remedy.keep, ElementsAre("tmsh save sys config", "tmsh run cm config-sync to-group <device group>"));
  EXPECT_THAT(*diagnosis.meaning, HasSubstr("forcibly closed"));
}

TEST(HandOver, HasNoCommandsForTheBalancerWhereTheServiceIsAtFault) {
  Scene scene;
  scene.member_refuses("client1", "oc02");
  const auto diagnosis = only_diagnosis(scene);
  EXPECT_EQ(diagnosis.owner, "service");
  EXPECT_THAT(diagnosis.look, IsEmpty());
  EXPECT_THAT(diagnosis.capture, IsEmpty());
  EXPECT_THAT(diagnosis.remedy.keep, IsEmpty());
  EXPECT_THAT(names(diagnosis.failing), ElementsAre("client1>oc02"));
}

TEST(HandOver, AnIdleConnectionIsQuotedItself) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.idle = std::chrono::seconds(30);
  scene.answered("client1", "oc01");
  scene.answered("client1", "oc02");
  auto& probe = scene.answered("client1", "oc02");
  probe.idled = std::chrono::seconds(30);
  probe.end = End::silent;
  probe.ended_in = Phase::response;
  probe.answer.reset();
  test::send_request(scene, probe);
  const auto diagnosis = only_diagnosis(scene);
  EXPECT_EQ(diagnosis.cause, "idle.dropped-silently");
  ASSERT_THAT(names(diagnosis.failing), ElementsAre("client1>oc02"));
  EXPECT_EQ(diagnosis.failing[0].connection, "10.137.1.10.40003 > 10.137.2.11.444");
  EXPECT_THAT(diagnosis.failing[0].repeat, IsEmpty()) << "a connection that asks at once shows nothing";
  EXPECT_THAT(diagnosis.look, Contains(HasSubstr("cs-client-addr 10.137.1.10")));
  EXPECT_THAT(names(diagnosis.working), ElementsAre("client1>oc01", "client1>oc02"));
}

TEST(HandOver, AProxysOwn503IsNoConnectionThatWorks) {
  Scene scene;
  test::answered_503(scene);
  scene.third_address("oc01", "oc02");
  const auto run = scene.judge();
  ASSERT_FALSE(run.diagnoses.empty());
  for (const auto& diagnosis : run.diagnoses) EXPECT_THAT(names(diagnosis.working), IsEmpty()) << diagnosis.cause;
}

TEST(HandOver, TheKernelsRouteNamesTheInterfaceWhereNoCaptureDid) {
  Scene scene;
  scene.blind("client1");
  scene.vip_is_silent("client1");
  for (auto& facts : scene.observations.hosts)
    if (facts.host == "client1") facts.routes.push_back({scene.vip().address, false, {}, "bond0", {}, ""});
  const auto run = scene.judge();
  ASSERT_FALSE(run.diagnoses.empty());
  ASSERT_FALSE(run.diagnoses[0].failing.empty());
  EXPECT_THAT(run.diagnoses[0].failing[0].repeat[0], HasSubstr("tcpdump -ni bond0 "));
}

}  // namespace
}  // namespace hairpin

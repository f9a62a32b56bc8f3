// SPDX-License-Identifier: Apache-2.0
// One test per rule: the trip that breaks it, and the near miss that must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/causes.hpp"
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;

void expect_snat(Scene& scene, SnatType type, std::vector<IpAddress> addresses = {}) {
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, type, std::move(addresses)}};
}

TEST(Reachability, TheMembersRstIsMemberRefused) {
  Scene scene;
  scene.member_refuses("client1", "oc02");
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1/oc02"), "member.refused");
  EXPECT_EQ(scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::pass) << "the RST came back the way it went out";
}

TEST(Reachability, ARefusalPastTheBalancerBreaksBothPromises) {
  Scene scene;
  scene.member_refuses("oc01", "oc02", true);
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "oc01/oc02"), "member.refused");
  expect_cause(scene, run, id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
}

TEST(Reachability, ASynThatArrivedAndWasNotAnsweredIsMemberSilent) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1/oc02"), "member.silent");
  EXPECT_EQ(scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::skip);
}

TEST(Reachability, SilenceAtALossyCaptureIsInconclusive) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  test::capture_of(scene, "oc02").dropped = 1;
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
  expect_cause(scene, run, "vantage/oc02", "vantage.drops");
}

TEST(Reachability, SilenceAtACaptureThatWasNotProvenAfterwardsIsInconclusive) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  test::capture_of(scene, "oc02").is_proven_after = false;
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
  expect_cause(scene, run, "vantage/oc02", "vantage.blind");
}

TEST(Reachability, ASynThatNeverArrivedIsFilteredOnTheServerLeg) {
  Scene scene;
  scene.blind("oc02");  // its capture works, the packet did not come
  scene.member_is_silent("client1", "oc02");
  expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "server-leg.filtered");
}

TEST(Reachability, WithoutACaptureAtTheMemberNobodyKnows) {
  Scene scene;
  scene.blind("oc02");
  scene.member_is_silent("client1", "oc02");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "oc02"; });
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Reachability, TheVipsRstIsVipRefused) {
  Scene scene;
  scene.vip_refuses("client1");
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1"), "vip.refused");
  EXPECT_EQ(scene.finding(run, id("coverage", "client1/oc01"))->verdict, Verdict::skip) << "explained, not unknown";
}

TEST(Reachability, ASynThatReachedTheBalancerWithoutAnswerIsVipSilent) {
  Scene scene;
  scene.vip_is_silent("client1");
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
}

TEST(Reachability, ASynThatDidNotReachTheBalancerIsFilteredOnTheClientLeg) {
  Scene scene;
  scene.answered("oc01", "oc02");  // by the balancer: it is the active unit
  scene.blind("bigip");
  scene.vip_is_silent("client1");
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
}

TEST(Reachability, WithoutACaptureAtTheBalancerTheVipIsSilent) {
  Scene scene;
  scene.blind("bigip");
  scene.vip_is_silent("client1");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
}

TEST(Reachability, ARefusalIsNotTheVipsWhileAMemberThatNobodyWatchedHadNoResponder) {
  Scene scene;
  scene.blind("bigip");
  scene.vip_refuses("client1");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc02") agent.state = AgentState::lost;
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
  EXPECT_THAT(finding->reason, HasSubstr("responder was not running"));
}

TEST(Reachability, ARefusalThatLeftNoServerLegAtTheBalancerIsTheVipsWhateverMembersDid) {
  Scene scene;
  scene.vip_refuses("client1");
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc02") agent.state = AgentState::lost;
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
}

TEST(Reachability, ASynAckThatArrivedIsNotSilenceOfTheNetwork) {
  for (const bool is_balancer_watched : {true, false}) {
    Scene scene;
    if (!is_balancer_watched) scene.blind("bigip");
    auto& probe = scene.answered("client1", "oc02");  // the packets of it
    probe.end = End::silent;                          // and a probe that did not run while they came
    probe.ended_in = Phase::connect;
    probe.answer.reset();
    probe.http_status.reset();
    scene.observations.responders.clear();
    const auto run = scene.judge();
    const auto* finding = scene.finding(run, id("reachability", "client1/oc02"));
    EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
    EXPECT_THAT(finding->reason, HasSubstr("too late to take it"));
  }
}

TEST(Reachability, ASourceThatCouldNotTryIsInconclusive) {
  Scene scene;
  scene.vip_is_silent("client1").end = End::local;
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::inconclusive);
}

TEST(Reachability, OneFaultyTripFailsAndIsIntermittent) {
  Scene scene;
  scene.answered("client1", "oc02");
  scene.member_refuses("client1", "oc02");
  const auto& finding = expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "member.refused");
  EXPECT_EQ(finding.attempts, 2u);
  EXPECT_EQ(finding.failed, 1u);
  EXPECT_EQ(finding.confirmed, false);
}

TEST(ReturnPath, AnotherRouterIsWrongGateway) {
  Scene scene;
  scene.third_address("client1", "oc02", "router");
  const auto& finding = expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "return-path.wrong-gateway");
  EXPECT_THAT(finding.observed, HasSubstr(to_string(scene.mac("router"))));
}

void strict_filter(Scene& scene, const std::string& route_interface, int rp_filter) {
  for (auto& facts : scene.observations.hosts)
    if (facts.host == "oc02") {
      facts.interfaces[0].reverse_path_filter = rp_filter;
      facts.routes.push_back({scene.address("client1"), false, {}, route_interface, {}, ""});
    }
}

TEST(ReturnPath, AStrictFilterWithTheWayBackElsewhereIsReversePathFilter) {
  Scene scene;
  strict_filter(scene, "eth1", 1);
  scene.member_is_silent("client1", "oc02");
  const auto run = scene.judge();
  expect_cause(scene, run, id("return-path", "client1/oc02"), "return-path.reverse-path-filter");
  EXPECT_EQ(scene.finding(run, id("reachability", "client1/oc02"))->verdict, Verdict::skip);
}

TEST(ReturnPath, NeitherALooseFilterNorARightRouteIsReversePathFilter) {
  for (const auto& [interface, rp_filter] : {std::pair{"eth1", 2}, std::pair{"eth0", 1}}) {
    Scene scene;
    strict_filter(scene, interface, rp_filter);
    scene.member_is_silent("client1", "oc02");
    expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "member.silent");
  }
}

TEST(ReturnPath, TheTupleAloneIsAsserted) {
  Scene scene;
  for (const auto* host : {"client1", "oc01", "oc02", "bigip"}) scene.blind(host);
  scene.answered("client1", "oc02", {.hides_responder = true});
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("return-path", "client1/oc02"));
  EXPECT_EQ(finding->grade, Grade::asserted);
  EXPECT_EQ(finding->verdict, Verdict::inconclusive);
}

TEST(ReturnPath, ATranslatedSourceIsConsistentWithoutAnyCapture) {
  Scene scene;
  scene.answered("client1", "oc02", {.snat = "10.137.2.4"});
  scene.observations.packets.clear();
  scene.observations.captures.clear();
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::consistent);
}

TEST(ReturnPath, WithoutTheBalancersCaptureTwoEndsProve) {
  Scene scene;
  scene.blind("bigip");
  test::without_capture(scene, "bigip");
  scene.answered("client1", "oc02");
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::proven);
}

TEST(ReturnPath, AnotherRoutersMacAloneIsNoFault) {
  Scene scene;
  scene.answered("client1", "oc02");
  for (auto& packet : scene.observations.packets)  // VRRP: the virtual router answers from its own MAC
    if (packet.host == "client1" && packet.is_syn_ack()) packet.source_mac = scene.mac("router");
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::pass);
  EXPECT_EQ(scene.finding(run, id("return-path", "client1/oc02"))->grade, Grade::consistent);
}

TEST(ReturnPath, ADirectReturnWherePassingTheBalancerWasPromisedIsViolated) {
  Scene scene;
  scene.direct_return("client1", "oc02");
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::violated);
}

TEST(ReturnPath, ADirectReturnThatWasPromisedPasses) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.return_path = ReturnPath::direct;
  scene.direct_return("client1", "oc02");
  const auto* finding = scene.finding(scene.judge(), id("return-path", "client1/oc02"));
  EXPECT_EQ(finding->verdict, Verdict::pass);
  EXPECT_EQ(finding->grade, Grade::proven);
}

TEST(ReturnPath, AReplyThroughTheBalancerWhereDirectWasPromisedFails) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.return_path = ReturnPath::direct;
  scene.direct_return("client1", "oc02", true);
  expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "return-path.unexpected-through-load-balancer");
}

TEST(Snat, WithoutExpectationItIsReported) {
  Scene scene;
  scene.answered("client1", "oc02", {.snat = "10.137.2.4"});
  EXPECT_EQ(scene.finding(scene.judge(), id("snat", "client1/oc02"))->verdict, Verdict::info);
}

TEST(Snat, EveryPromiseIsHeldAgainstTheSeenAddress) {
  struct Row {
    SnatType type;
    const char* seen;
    const char* cause;
  };
  const std::vector<Row> rows{{SnatType::none, "", ""},
                              {SnatType::none, "10.137.2.4", "snat.unexpected"},
                              {SnatType::automap, "10.137.2.4", ""},
                              {SnatType::automap, "10.137.2.5", "snat.non-floating-address"},
                              {SnatType::automap, "", "snat.absent"},
                              {SnatType::automap, "10.137.2.77", "snat.wrong-address"},
                              {SnatType::automap, "10.137.2.11", "snat.wrong-address"},
                              {SnatType::pool, "10.137.2.201", ""},
                              {SnatType::pool, "10.137.2.4", "snat.wrong-address"},
                              {SnatType::pool, "", "snat.absent"}};
  for (const auto& row : rows) {
    Scene scene;
    expect_snat(scene, row.type, row.type == SnatType::pool ? std::vector{*parse_address("10.137.2.201")} : std::vector<IpAddress>{});
    scene.answered("client1", "oc02", {.snat = row.seen});
    expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), row.cause);
  }
}

TEST(Snat, ANonFloatingAddressIsRightWhereNoneFloats) {
  Scene scene;
  expect_snat(scene, SnatType::automap);
  for (auto& self_ip : scene.topology.hosts.back().self_ips) self_ip.is_floating = false;
  scene.answered("client1", "oc02", {.snat = "10.137.2.5"});
  expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "");
}

TEST(Snat, TheFirstMatchingRuleCounts) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{"members"}, SnatType::automap, {}}, {{"any"}, SnatType::none, {}}};
  scene.answered("client1", "oc02");
  scene.answered("oc01", "oc02", {.snat = "10.137.2.4"});
  const auto run = scene.judge();
  expect_cause(scene, run, id("snat", "client1/oc02"), "");
  expect_cause(scene, run, id("snat", "oc01/oc02"), "");
}

}  // namespace
}  // namespace hairpin

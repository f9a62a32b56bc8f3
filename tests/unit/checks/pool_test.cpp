// SPDX-License-Identifier: Apache-2.0
// Coverage, members, vantages and the run as a whole: the case that breaks each rule, and the near miss.
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

TEST(Coverage, APairThatWasNeverSeenIsInconclusive) {
  Scene scene;
  for (int i = 0; i < 11; ++i) scene.answered("client1", "oc01");
  const auto run = scene.judge();
  const auto& finding = expect_cause(scene, run, id("coverage", "client1/oc02"), "coverage.not-seen");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.reason, HasSubstr("11 attempts"));
  EXPECT_EQ(scene.finding(run, id("return-path", "client1/oc02"))->verdict, Verdict::skip);
}

TEST(Coverage, PersistenceAsksForOneMemberPerSource) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].coverage = Coverage::one_per_source;
  scene.answered("client1", "oc01");
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("coverage", "client1/oc02"))->verdict, Verdict::skip);
  EXPECT_EQ(scene.finding(run, id("coverage", "oc01/oc02"))->verdict, Verdict::inconclusive) << "this source was never seen";
}

TEST(Coverage, EachMemberAsksForAnySource) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].coverage = Coverage::each_member;
  scene.answered("client1", "oc01");
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("coverage", "oc02/oc01"))->verdict, Verdict::skip);
  EXPECT_EQ(scene.finding(run, id("coverage", "oc02/oc02"))->verdict, Verdict::inconclusive) << "this member was never seen";
}

TEST(Coverage, AnExcludedSourceIsSkippedWithItsReason) {
  Scene scene;
  std::erase(scene.topology.pools[0].sources, "oc02");
  scene.topology.pools[0].excluded_sources["oc02"] = "frozen until Monday";
  const auto run = scene.judge();
  for (const auto& finding : run.findings)
    if (finding.subject.source == "oc02") {
      EXPECT_EQ(finding.verdict, Verdict::skip) << finding.id;
      EXPECT_THAT(finding.reason, HasSubstr("frozen")) << finding.id;
    }
}

TEST(Member, AnAnswerUnderAnotherNameFails) {
  Scene scene;
  scene.answered("client1", "oc02").answer->name = "oc01";
  expect_cause(scene, scene.judge(), id("member", "client1/oc02"), "member.wrong-name");
}

TEST(Member, AHostThatThePoolDoesNotListIsForeign) {
  Scene scene;
  scene.topology.pools[0].members = {"oc01"};
  scene.answered("client1", "oc02");
  expect_cause(scene, scene.judge(), id("member", "client1/oc02"), "member.foreign");
}

TEST(Member, AnAnswerThatNamesNobodyIsNoForeigners) {
  Scene scene;
  scene.answered("client1", "oc02", {.hides_responder = true}).answer->name.clear();
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("member", "client1"))->verdict, Verdict::inconclusive);
  for (const auto& finding : run.findings) EXPECT_NE(finding.cause, "member.foreign") << finding.id;
}

TEST(Member, AnAnswerOfSomethingElseIsInconclusive) {
  Scene scene;
  scene.answered("client1", "oc02", {.hides_responder = true}).answer.reset();
  EXPECT_EQ(scene.finding(scene.judge(), id("member", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Member, AStrangerThatACaptureSawIsForeignByItsAddress) {
  Scene scene;
  scene.answered("client1", "oc03", {.hides_responder = true}).answer.reset();
  const auto& finding = expect_cause(scene, scene.judge(), id("member", "client1/10.137.2.23"), "member.foreign");
  EXPECT_EQ(finding.verdict, Verdict::fail);
}

TEST(Member, AnAnswerFromNobodyKnownDoesNotPass) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member);
  scene.blind("bigip");
  scene.blind("oc03");
  scene.answered("client1", "oc03", {.hides_responder = true}).answer.reset();
  const auto* finding = scene.finding(scene.judge(), id("member", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive);
}

TEST(Member, OneNamelessAnswerOfAPairDoesNotPass) {
  Scene scene;
  scene.answered("client1", "oc02");
  scene.answered("client1", "oc02", {.hides_responder = true}).answer.reset();
  EXPECT_EQ(scene.finding(scene.judge(), id("member", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Reachability, OneConnectionThatNobodyCanExplainDoesNotPass) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member);
  scene.vip_is_silent("client1").ended_in = Phase::response;
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::inconclusive);
}

TEST(Reachability, AResponderOfOursThatIsNotRunningIsNoFaultOfTheService) {
  for (const auto state : {AgentState::lost, AgentState::unreachable, AgentState::refused}) {
    Scene scene;
    scene.member_refuses("client1", "oc02");
    for (auto& agent : scene.observations.agents)
      if (agent.host == "oc02") agent.state = state;
    EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1/oc02"))->verdict, Verdict::inconclusive);
  }
}

TEST(Coverage, ASourceThatAlwaysLandsOnOneMemberIsPersistent) {
  Scene scene;
  for (int i = 0; i < 11; ++i) scene.answered("client1", "oc01");
  scene.answered("oc02", "oc02");  // to itself: proves nothing of the pool
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen");
  scene.answered("oc01", "oc02");
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.persistence");
}

TEST(Coverage, ChanceIsNoPersistence) {
  Scene scene;
  for (int i = 0; i < 10; ++i) scene.answered("client1", "oc01");  // one fewer than excludes chance
  scene.answered("oc01", "oc02");
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen");
}

TEST(Coverage, AConnectionThatLandedNowhereMayHaveLandedOnTheOther) {
  Scene scene;
  for (int i = 0; i < 11; ++i) scene.answered("client1", "oc01");
  scene.answered("oc01", "oc02");
  scene.vip_is_silent("client1").ended_in = Phase::response;  // nothing at the VIP explains it
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen");
}

TEST(Coverage, ASourceThatSawTwoMembersIsNotPersistent) {
  Scene scene;
  Host oc03;
  oc03.name = "oc03";
  oc03.addresses = {scene.address("oc03")};
  scene.topology.hosts.push_back(oc03);
  scene.topology.pools[0].members.push_back("oc03");
  for (int i = 0; i < 20; ++i) scene.answered("client1", i % 2 ? "oc01" : "oc02");
  scene.answered("oc01", "oc03");
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc03"), "coverage.not-seen");
}

TEST(Judge, VantagesAloneJudgeNothing) {
  Scene scene;
  scene.topology.pools[0].sources.clear();
  for (const auto* source : {"client1", "oc01", "oc02"}) scene.topology.pools[0].excluded_sources[source] = "frozen";
  EXPECT_EQ(scene.judge().verdict, Verdict::inconclusive);
}

TEST(Vantage, EveryStateOfAnAgentHasItsCause) {
  const std::vector<std::pair<AgentState, const char*>> rows{{AgentState::lost, "vantage.lost"},
                                                             {AgentState::unreachable, "vantage.no-agent"},
                                                             {AgentState::none, "vantage.no-agent"},
                                                             {AgentState::refused, "vantage.not-ready"},
                                                             {AgentState::no_privilege, "vantage.no-privilege"}};
  for (const auto& [state, cause] : rows) {
    Scene scene;
    for (auto& agent : scene.observations.agents)
      if (agent.host == "oc02") agent.state = state;
    expect_cause(scene, scene.judge(), "vantage/oc02", cause);
  }
}

TEST(Vantage, ABalancerWithoutAgentIsNoFinding) {
  Scene scene;
  scene.topology.hosts.back().agent.reset();
  EXPECT_EQ(scene.finding(scene.judge(), "vantage/bigip"), nullptr);
}

TEST(Judge, AWaiverSkipsUntilItsDay) {
  for (const bool is_over : {false, true}) {
    Scene scene;
    scene.third_address("oc01", "oc02");
    const auto day = std::chrono::floor<std::chrono::days>(scene.observations.probes[0].ended);
    scene.topology.waivers = {{"return-path", "oc01", "oc02", "", is_over ? day - std::chrono::days(1) : day, "CHG 4711"}};
    const auto* finding = scene.finding(scene.judge(), id("return-path", "oc01/oc02"));
    EXPECT_EQ(finding->verdict, is_over ? Verdict::fail : Verdict::skip);
    EXPECT_EQ(finding->summary.ends_with(": CHG 4711; that is over)"), is_over) << finding->summary;
  }
}

TEST(Judge, NothingJudgedIsInconclusive) {
  EXPECT_EQ(Scene().judge().verdict, Verdict::inconclusive);
}

TEST(Causes, AreUniqueAndBelongToAChecksName) {
  std::set<std::string_view> seen;
  for (const auto& cause : checks::causes()) {
    EXPECT_TRUE(seen.insert(cause.id).second) << cause.id;
    EXPECT_NE(checks::find_check(cause.check), nullptr) << cause.id;
  }
}

}  // namespace
}  // namespace hairpin

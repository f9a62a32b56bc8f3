// SPDX-License-Identifier: Apache-2.0
// What a load balancer says itself, as evidence beside what the ends saw.
#include <gmock/gmock.h>

#include "expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;
using testing::Not;

const Endpoint kOc01{*parse_address("10.137.2.21"), 444};
const Endpoint kOc02{*parse_address("10.137.2.22"), 444};

/// bigip is asked, and is the active unit.
BalancerFacts& ask(Scene& scene) {
  for (auto& host : scene.topology.hosts)
    if (host.name == "bigip") host.state.emplace().ssh = "netops@bigip";
  BalancerFacts facts;
  facts.host = "bigip";
  facts.through = "ssh:netops@bigip";
  facts.before = facts.after = UnitState::active;
  facts.asked = facts.answered = 8;
  return scene.observations.balancers.emplace_back(facts);
}

/// The entry of a trip: to this member, under this address and port.
ConnectionObservation& entry(Scene& scene, const ProbeObservation& probe, const Endpoint& as, const Endpoint& member) {
  ConnectionObservation seen;
  seen.host = "bigip";
  seen.time = probe.ended;
  seen.client = *probe.local;
  seen.virtual_server = probe.target.endpoint;
  seen.as = as;
  seen.member = member;
  seen.from_client = seen.from_member = 5;
  return scene.observations.connections.emplace_back(seen);
}

Endpoint from_pool(std::uint16_t port) { return {*parse_address("10.137.2.201"), port}; }

/// Neither the balancer nor the member's capture sees anything.
Scene unwatched() {
  Scene scene;
  scene.blind("bigip");
  for (const auto* host : {"bigip", "oc01", "oc02"}) test::without_capture(scene, host);
  std::erase_if(scene.observations.agents, [](const auto& agent) { return agent.host == "bigip"; });
  for (auto& host : scene.topology.hosts)
    if (host.name == "bigip") host.agent.reset();
  return scene;
}

std::string return_path_grade(const Scene& scene) {
  const auto* finding = scene.finding(scene.judge(), id("return-path", "client1/oc01"));
  return finding && finding->grade ? boost::describe::enum_to_string(*finding->grade, "") : "none";
}

Scene without_macs() {
  auto scene = unwatched();
  for (int i = 0; i < 3; ++i) scene.answered("client1", "oc01", {.snat = "10.137.2.201"});
  // A router on the way to the source, and nothing of the member's side: only the tuple is known.
  scene.observations.hosts.clear();
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host != "client1"; });
  for (auto& responder : scene.observations.responders) responder.local = scene.vip();  // addressed as the VIP: nothing was rewritten
  for (auto& probe : scene.observations.probes) probe.answer->local = scene.vip();
  return scene;
}

TEST(State, CountsOfBothEndsProveTheWayBack) {
  auto scene = without_macs();
  EXPECT_EQ(return_path_grade(scene), "asserted");
  ask(scene);
  for (const auto& probe : scene.observations.probes) entry(scene, probe, from_pool(probe.local->port), scene.vip());
  EXPECT_EQ(return_path_grade(scene), "proven");
}

TEST(State, AnEntryWithoutPacketsOfTheMemberProvesTranslationAlone) {
  auto scene = without_macs();
  ask(scene);
  for (const auto& probe : scene.observations.probes) entry(scene, probe, from_pool(probe.local->port), scene.vip()).from_member = 0;
  EXPECT_EQ(return_path_grade(scene), "consistent");
  for (auto& seen : scene.observations.connections) seen.as = from_pool(9);  // not what the member saw
  EXPECT_EQ(return_path_grade(scene), "asserted");
}

TEST(State, AnEntryOfAnotherBalancerIsNoWitness) {
  auto scene = without_macs();
  ask(scene);
  for (const auto& probe : scene.observations.probes) {
    auto& seen = entry(scene, probe, from_pool(9), scene.vip());
    seen.host = "another";
  }
  EXPECT_EQ(return_path_grade(scene), "asserted");
}

TEST(State, NamesTheMemberAndItsSourceWhereNobodyElseSees) {
  auto scene = unwatched();
  for (const auto* member : {"oc01", "oc02"}) scene.blind(member);
  auto& probe = scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  probe.answer.reset();
  EXPECT_EQ(scene.finding(scene.judge(), id("coverage", "client1/oc01"))->verdict, Verdict::inconclusive);
  ask(scene);
  entry(scene, probe, {*parse_address("10.137.2.4"), 40001}, kOc01);
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("coverage", "client1/oc01"))->verdict, Verdict::pass);
  const auto* snat = scene.finding(run, id("snat", "client1/oc01"));
  EXPECT_EQ(snat->verdict, Verdict::pass) << snat->summary;
  EXPECT_THAT(snat->evidence.at(0).vantage, HasSubstr("bigip/state"));
  scene.observations.connections[0].as = probe.local;
  expect_cause(scene, scene.judge(), id("snat", "client1/oc01"), "snat.absent");
}

TEST(State, AnEntryThatIsOlderThanTheTripIsAnotherConnections) {
  auto scene = unwatched();
  for (const auto* member : {"oc01", "oc02"}) scene.blind(member);
  auto& probe = scene.answered("client1", "oc01");
  probe.answer.reset();
  ask(scene);
  auto& seen = entry(scene, probe, *probe.local, kOc01);
  EXPECT_EQ(scene.finding(scene.judge(), id("coverage", "client1/oc01"))->verdict, Verdict::pass);
  seen.idle_s = 10;
  EXPECT_EQ(scene.finding(scene.judge(), id("coverage", "client1/oc01"))->verdict, Verdict::inconclusive);
}

TEST(State, PassesWhereTheTableSaysWhatTheEndsSaw) {
  Scene scene;
  const auto probe = scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  ask(scene);
  EXPECT_EQ(scene.finding(scene.judge(), id("state", "client1/oc01"))->verdict, Verdict::info) << "the table had nothing of it";
  entry(scene, probe, {*parse_address("10.137.2.4"), probe.local->port}, kOc01);
  const auto* finding = scene.finding(scene.judge(), id("state", "client1/oc01"));
  EXPECT_EQ(finding->verdict, Verdict::pass) << finding->summary;
  EXPECT_THAT(finding->evidence.at(0).text, HasSubstr("5 from the member"));
}

TEST(State, BelievesNeitherWhereTheyContradictEachOther) {
  Scene scene;
  const auto probe = scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  ask(scene);
  auto& seen = entry(scene, probe, {*parse_address("10.137.2.4"), probe.local->port}, kOc02);
  const auto other_member = expect_cause(scene, scene.judge(), id("state", "client1/oc01"), "state.differs-from-observed");
  EXPECT_EQ(other_member.verdict, Verdict::inconclusive);
  EXPECT_THAT(other_member.reason, HasSubstr("10.137.2.22:444"));
  seen.member = kOc01;
  seen.as = from_pool(7);
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("state", "client1/oc01"), "state.differs-from-observed").reason, HasSubstr("10.137.2.201:7"));
  seen.as.reset();
  seen.member.reset();
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("state", "client1/oc01"), "state.differs-from-observed").reason, HasSubstr("no member"));
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc01"))->verdict, Verdict::pass) << "a path does not fail for it";
}

/// nPath: the address of the VIP is not rewritten on the way to the member.
TEST(State, NamesNoMemberWhereTheVipGoesOnToIt) {
  Scene scene;
  const auto probe = scene.answered("client1", "oc01", {.snat = "10.137.2.4"});
  ask(scene);
  entry(scene, probe, {*parse_address("10.137.2.4"), probe.local->port}, probe.target.endpoint);
  const auto* finding = scene.finding(scene.judge(), id("state", "client1/oc01"));
  EXPECT_EQ(finding->verdict, Verdict::pass) << finding->summary;
  scene.observations.connections[0].as = from_pool(7);
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("state", "client1/oc01"), "state.differs-from-observed").reason, HasSubstr("10.137.2.201:7"));
}

/// What came in at the source while this was the only connection that was open may be another's.
TEST(State, IsNotContradictedByWhatTimeAloneSuggests) {
  Scene scene;
  const auto probe = scene.proxied_third_address("client1", "oc01", false);
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip"; });
  ask(scene);
  entry(scene, probe, from_pool(7), kOc02);
  expect_cause(scene, scene.judge(), id("state", "client1/oc01"), "state.differs-from-observed");
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host != "client1"; });
  const auto* finding = scene.finding(scene.judge(), id("state", "client1/oc01"));
  EXPECT_EQ(finding->verdict, Verdict::pass) << finding->summary;
}

TEST(State, SaysNothingOfABalancerThatIsNotAsked) {
  Scene scene;
  scene.answered("client1", "oc01");
  for (const auto& finding : scene.judge().findings) EXPECT_NE(finding.check, "state");
}

TEST(Vantage, ABalancerThatDoesNotAnswerIsMissingAndFailsNothing) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"})
    for (int i = 0; i < 3; ++i) scene.answered("client1", member);
  const auto verdict = scene.finding(scene.judge(), id("reachability", "client1"))->verdict;
  auto& facts = ask(scene);
  facts.answered = 0;
  facts.missing = {"no answer in 5 s"};
  const auto run = scene.judge();
  const auto finding = expect_cause(scene, run, "vantage/bigip", "vantage.no-state");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.reason, HasSubstr("no answer in 5 s"));
  EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->verdict, verdict);
  for (const auto& one : run.findings) EXPECT_NE(one.verdict, Verdict::fail) << one.id;
}

TEST(Vantage, WhatABalancerLeftOutIsNamed) {
  auto scene = unwatched();
  scene.answered("client1", "oc01");
  auto& facts = ask(scene);
  EXPECT_EQ(scene.finding(scene.judge(), "vantage/bigip")->verdict, Verdict::pass);
  facts.missing = {"\"show net rst-cause\" was refused: no"};
  const auto* finding = scene.finding(scene.judge(), "vantage/bigip");
  EXPECT_EQ(finding->verdict, Verdict::info);
  EXPECT_THAT(finding->reason, HasSubstr("show net rst-cause"));
}

TEST(Vantage, AUnitThatStandsByIsNotTheOneToAsk) {
  for (const auto& [before, after] : {std::pair(UnitState::standby, UnitState::standby), std::pair(UnitState::active, UnitState::standby),
                                     std::pair(UnitState::offline, UnitState::active)}) {
    Scene scene;
    scene.answered("client1", "oc01");
    auto& facts = ask(scene);
    facts.before = before;
    facts.after = after;
    expect_cause(scene, scene.judge(), "vantage/bigip", "vantage.standby-unit");
  }
  auto other = unwatched();
  other.answered("client1", "oc01");
  ask(other).before = UnitState::standby;
  other.topology.pools[0].load_balancer = "oc02";  // whoever else: the unit that is asked has no pool of its own
  EXPECT_EQ(other.finding(other.judge(), "vantage/bigip")->verdict, Verdict::pass) << "the other unit of a pair stands by";
  Scene scene;
  scene.answered("client1", "oc01");
  ask(scene).after = UnitState::unknown;
  EXPECT_EQ(scene.finding(scene.judge(), "vantage/bigip")->verdict, Verdict::pass) << "what it does not say is no standby";
}

TEST(Reachability, AConnectionThatMissesTheUnitThatStandsByIsNotFiltered) {
  Scene scene;
  scene.vip_is_silent("client1");
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip"; });
  for (auto& host : scene.topology.hosts)
    if (host.name == "bigip") host.self_ips = {{*parse_address("10.137.2.5"), false}};
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
  auto& facts = ask(scene);
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
  facts.before = facts.after = UnitState::standby;
  const auto* finding = scene.finding(scene.judge(), id("reachability", "client1"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive);
  EXPECT_THAT(finding->reason, HasSubstr("stands by"));
}

TEST(Reachability, AUnitThatIsActiveByItsOwnWordIsNotTheOtherOne) {
  Scene scene;
  scene.vip_is_silent("client1");
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip"; });
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::inconclusive) << "one of two, as far as anybody knows";
  auto& facts = ask(scene);
  for (const auto& [before, after] : {std::pair(UnitState::unknown, UnitState::unknown), std::pair(UnitState::active, UnitState::unknown),
                                     std::pair(UnitState::unknown, UnitState::active)}) {
    facts.before = before;
    facts.after = after;
    EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::inconclusive) << "what it does not say is no word";
  }
  facts.before = facts.after = UnitState::active;
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
}

TEST(Reachability, WhatTheTableHasAtAMemberIsNotTheVipsSilence) {
  Scene scene;
  const auto probe = scene.vip_is_silent("client1");
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
  ask(scene);
  auto& seen = entry(scene, probe, *probe.local, kOc02);
  seen.from_member = 0;
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "client1/oc02"));
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
  EXPECT_THAT(finding->reason, HasSubstr("bigip took the connection to 10.137.2.22:444, and counted 0 packets of it"));
  for (const auto& one : run.findings) EXPECT_NE(one.verdict, Verdict::fail) << one.id;
  seen.as.reset();
  seen.member.reset();
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
}

void name_pool(Scene& scene) { scene.topology.pools[0].virtual_servers[0].f5_pool = "/Common/pool01_444_pool"; }

ServiceStatus down(const Endpoint& member) { return {"/Common/pool01_444_pool", member, "offline", "enabled", "Pool member has been marked down by a monitor"}; }

TEST(Reachability, ThePoolsStateExplainsARefusal) {
  Scene scene;
  scene.vip_refuses("client1");
  for (const auto* host : {"oc01", "oc02"}) test::without_capture(scene, host);
  name_pool(scene);
  auto& facts = ask(scene);
  facts.services = {down(kOc01)};
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  facts.services.push_back(down(kOc02));
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.no-member-available");
  EXPECT_THAT(finding.observed, HasSubstr("bigip says of every member"));
  facts.services.back().availability = "unknown";  // a member without a monitor is up
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
}

TEST(Reachability, QuotesTheVirtualServersStateAndTheCausesThatGrew) {
  Scene scene;
  scene.vip_refuses("client1");
  auto& facts = ask(scene);
  const auto observed = [&] { return scene.finding(scene.judge(), id("reachability", "client1"))->observed; };
  const auto plain = observed();
  facts.services = {{"/Common/pool01_444", {}, "available", "enabled", ""}, {"/Common/another", {}, "offline", "disabled", "x"}};
  EXPECT_EQ(observed(), plain);
  facts.services.push_back({"/Common/pool01_444", {}, "offline", "disabled-by-parent", "The virtual server is disabled"});
  facts.resets = {{"No local listener", 3}};
  EXPECT_THAT(observed(), HasSubstr("bigip says of /Common/pool01_444: offline, disabled-by-parent (The virtual server is disabled)"));
  EXPECT_THAT(observed(), HasSubstr("\"No local listener\" 3"));
}

TEST(Coverage, APersistenceRecordOrADisabledMemberIsNamed) {
  Scene scene;
  scene.answered("client1", "oc01");
  name_pool(scene);
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen");
  auto& facts = ask(scene);
  facts.services = {{"/Common/pool01_444_pool", kOc02, "offline", "disabled", "Forced down"}};
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen").reason, HasSubstr("Forced down"));
  facts.persistence = {{scene.address("client1"), {}, kOc02}};
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen").reason, Not(HasSubstr("persistence")));
  facts.persistence = {{scene.address("oc01"), {}, kOc01}};
  expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.not-seen");
  facts.persistence.push_back({scene.address("client1"), scene.vip(), kOc01});
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("coverage", "client1/oc02"), "coverage.persistence").reason, HasSubstr("keeps 10.137.1.10 on 10.137.2.21:444"));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Sites as they are outside the lab: a balancer that nobody watches, monitors, several legs, no declared networks.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::facts_of;
using test::id;
using test::Scene;
using testing::HasSubstr;

/// A real F5: no agent, no capture.
void without_balancer(Scene& scene) {
  test::unwatch_balancer(scene);
  std::erase_if(scene.observations.hosts, [](const auto& facts) { return facts.host == "bigip"; });
  for (auto& agent : scene.observations.agents)
    if (agent.host == "bigip") agent.state = AgentState::none;
}

/// The member answered, its answer was acknowledged, and then the connection ended like this.
ProbeObservation& established(Scene& scene, const std::string& member, End end) {
  auto& probe = scene.answered("client1", member);
  const Tuple server{*probe.local, scene.service(member)};
  scene.send("bigip", member, server, kAck, 1001, 0x70000001);
  probe.end = end;
  probe.ended_in = Phase::tls;
  probe.answer.reset();
  scene.observations.responders.back().trip.reset();
  scene.observations.responders.back().end = end;
  return probe;
}

TEST(UnwatchedBalancer, AReplyThatWasAcknowledgedIsNotLost) {
  Scene scene;
  without_balancer(scene);
  established(scene, "oc02", End::closed);
  expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "vip.closed");
}

TEST(UnwatchedBalancer, AReplyToWhereTheRequestCameFromIsNoWrongGateway) {
  Scene scene;
  without_balancer(scene);
  scene.member_is_silent("client1", "oc02");
  const auto syn = scene.observations.packets.back();
  ASSERT_EQ(syn.host, "oc02");
  scene.send("oc02", "bigip", syn.tuple.reversed(), kSyn | kAck, 6, syn.sequence + 1, 9, *syn.timestamp_value);
  expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "server-leg.reply-lost");
}

TEST(UnwatchedBalancer, AMembersMacsTellDirectReturnFromTheSourcesOwnRouter) {
  Scene scene;
  without_balancer(scene);
  scene.direct_return("client1", "oc02");
  // client1 sees its own router both ways.
  for (auto& packet : scene.observations.packets)
    if (packet.host == "client1") {
      if (packet.is_syn_ack()) packet.source_mac = scene.mac("bigip");
    }
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "").verdict, Verdict::inconclusive);
}

/// oc02 refuses the very SYN that oc01 sent to the VIP, past the balancer, and only oc01 watches.
Scene refused_past_balancer() {
  Scene scene;
  without_balancer(scene);
  scene.blind("oc02");
  scene.member_refuses("oc01", "oc02", true).end = End::decided;
  return scene;
}

TEST(UnwatchedBalancer, ARefusalPastItIsSeenByTheSource) {
  const auto scene = refused_past_balancer();
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "oc01/oc02"), "member.refused");
  expect_cause(scene, run, id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
}

TEST(UnwatchedBalancer, ARefusalPastItIsNotTheServicesWhereOurResponderWasLost) {
  auto scene = refused_past_balancer();
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc02") agent.state = AgentState::lost;
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, id("reachability", "oc01/oc02"));
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
  EXPECT_THAT(finding->reason, testing::HasSubstr("responder on oc02 was not running"));
  expect_cause(scene, run, id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
}

TEST(UnwatchedBalancer, ARefusalOfAnotherSynIsNone) {
  auto scene = refused_past_balancer();
  for (auto& packet : scene.observations.packets)
    if (packet.is_refusal()) ++packet.acknowledgement;
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "oc01"))->verdict, Verdict::inconclusive);
}

TEST(Reset, ThatARouterPassedOnIsItsSenders) {
  Scene scene;
  scene.third_address("client1", "oc02", "router");
  auto& received = scene.observations.packets.back();  // the balancer received client1's RST by one leg …
  ASSERT_TRUE(received.is_reset());
  ASSERT_EQ(received.host, "bigip");
  auto forwarded = received;
  received.interface = "eth1";
  received.frame = 1;
  forwarded.direction = Direction::out;  // … and passed it on by the other
  scene.observations.packets.push_back(forwarded);
  EXPECT_THAT(scene.finding(scene.judge(), id("reset", "client1/oc02"))->observed, HasSubstr("RST sent by client1"));
}

TEST(Neighbours, NeedNoDeclaredNetwork) {
  Scene scene;
  scene.topology.networks.clear();
  scene.third_address("oc01", "oc02");
  expect_cause(scene, scene.judge(), id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
}

TEST(Snat, AnAddressOfABalancerWithoutSelfIpsIsAutomap) {
  Scene scene;
  auto& balancer = scene.topology.hosts.back();
  balancer.addresses.push_back(*parse_address("10.137.2.5"));
  balancer.self_ips.clear();
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  scene.answered("client1", "oc02", {.snat = "10.137.2.5"});
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "").verdict, Verdict::pass);
}

TEST(ShallowProbe, AProxysHandshakeHidesNoSelfHairpinAndNoThirdAddress) {
  for (const bool came_back : {true, false}) {
    Scene scene;
    auto& probe = came_back ? scene.proxied_self_hairpin("oc01") : scene.proxied_third_address("oc01", "oc02");
    probe.depth = Depth::tcp;
    probe.end = End::answered;
    probe.ended_in = Phase::close;
    expect_cause(scene, scene.judge(), id("return-path", came_back ? "oc01/oc01" : "oc01/oc02"),
                 came_back ? "return-path.self-hairpin" : "return-path.bypasses-load-balancer");
  }
}

TEST(Proxy, Its503IsNoAnswer) {
  Scene scene;
  test::answered_503(scene);
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1"), "vip.no-member-available");
  EXPECT_EQ(scene.finding(run, id("member", "client1"))->verdict, Verdict::skip);
}

TEST(Proxy, A503OfAServiceThatWasReachedIsItsAnswer) {
  Scene scene;
  auto& probe = scene.answered("client1", "oc02", {.hides_responder = true});
  probe.answer.reset();
  probe.http_status = 503;
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "").verdict, Verdict::pass);
}

/// The balancer's own connection to a member's service, as a monitor opens it.
void monitor(Scene& scene, const std::string& member, bool is_answered) {
  const Tuple knock{{*parse_address("10.137.2.5"), 51000}, scene.service(member)};
  scene.send("bigip", member, knock, kSyn, 77, 0, 1);
  if (is_answered) scene.send(member, "bigip", knock.reversed(), kSyn | kAck, 78, 78, 9, 1);
}

TEST(MonitorOfTheBalancer, FindsNoMemberUp) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) monitor(scene, member, false);
  scene.pass_time(std::chrono::seconds(1));
  scene.vip_refuses("client1");
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.no-member-available");
}

TEST(MonitorOfTheBalancer, IsNoExplanationWhereAMemberAnswersIt) {
  Scene scene;
  monitor(scene, "oc01", false);
  monitor(scene, "oc02", true);
  scene.pass_time(std::chrono::seconds(1));
  scene.vip_refuses("client1");
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  EXPECT_THAT(finding.observed, HasSubstr("does it find them up?"));
}

TEST(MonitorOfTheBalancer, ThatReachesOneMemberSaysNothingOfTheOther) {
  Scene scene;
  monitor(scene, "oc01", false);
  scene.pass_time(std::chrono::seconds(1));
  scene.vip_refuses("client1");
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused");
  EXPECT_THAT(finding.observed, HasSubstr("does it find them up?"));
}

TEST(MonitorOfTheBalancer, DoesNotExplainAConnectionThatReachedAMember) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) monitor(scene, member, false);
  scene.pass_time(std::chrono::seconds(1));
  established(scene, "oc02", End::closed);
  expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "vip.closed");
}

TEST(MonitorOfTheBalancer, IsNoServerLegOfASilentTrip) {
  Scene scene;
  scene.vip_is_silent("client1").ended += std::chrono::seconds(1);
  monitor(scene, "oc02", true);
  const auto run = scene.judge();
  expect_cause(scene, run, id("reachability", "client1"), "vip.silent");
  EXPECT_NE(scene.finding(run, id("coverage", "client1/oc02"))->verdict, Verdict::pass);
}

TEST(TwoLegs, AReplyThatLeavesByTheOtherLegIsNoSilence) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  auto reply = scene.observations.packets.back();
  reply.interface = "eth1";
  reply.frame = 1;
  reply.direction = Direction::out;
  reply.tuple = reply.tuple.reversed();
  reply.flags = kSyn | kAck;
  reply.acknowledgement = reply.sequence + 1;
  reply.source_mac = MacAddress{{2, 0, 0, 0, 1, 1}};
  reply.destination_mac = scene.mac("router");
  scene.observations.packets.push_back(reply);
  expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "return-path.wrong-gateway");
}

TEST(TwoLegs, TheFilterOfABondCountsWhicheverLegIsAskedFirst) {
  Scene scene;
  scene.member_is_silent("client1", "oc02");
  auto copy = scene.observations.packets.back();
  copy.interface = "bond0";
  copy.frame = 1;
  scene.observations.packets.push_back(copy);
  InterfaceFacts bond;
  bond.name = "bond0";
  bond.reverse_path_filter = 1;
  facts_of(scene, "oc02").interfaces.push_back(bond);
  facts_of(scene, "oc02").routes.push_back({scene.address("client1"), false, {}, "eth9", {}, ""});
  expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "return-path.reverse-path-filter");
}

TEST(NextHop, ThatNobodyAnswersForIsNoFilter) {
  Scene scene;
  scene.vip_is_silent("client1");
  scene.observations.packets.clear();
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
  EXPECT_THAT(finding.observed, HasSubstr("ARP"));
}

TEST(Firewall, ThatGivesTheSynAnotherNumberLosesNothing) {
  Scene scene;
  scene.answered("client1", "oc02");
  auto& probe = scene.vip_is_silent("client1");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "bigip" && packet.tuple.source == *probe.local) packet.sequence += 4711;
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.silent");
}

TEST(EarlyEnd, ForAPacketThatIsAnothersIsNoFault) {
  Scene scene;
  scene.vip_is_silent("client1").end = End::decided;
  EXPECT_EQ(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::inconclusive);
}

TEST(RealService, IsKnownByItsPackets) {
  Scene scene;
  auto& probe = scene.answered("client1", "oc02", {.hides_responder = true});
  probe.depth = Depth::hello;
  probe.answer.reset();
  probe.http_status.reset();
  EXPECT_EQ(scene.finding(scene.judge(), id("member", "client1/oc02"))->verdict, Verdict::pass);
}

TEST(RealService, ThatWasOnlyInferredHasNoName) {
  Scene scene;
  auto& probe = scene.answered("client1", "oc02", {.is_proxied = true, .hides_responder = true});
  probe.depth = Depth::hello;
  probe.answer.reset();
  probe.ended += std::chrono::seconds(1);
  EXPECT_EQ(scene.finding(scene.judge(), id("member", "client1/oc02"))->verdict, Verdict::inconclusive);
}

TEST(Gateway, IsAGroupOfMacs) {
  Scene scene;
  without_balancer(scene);
  scene.topology.networks[0].gateway_macs = {scene.mac("bigip"), scene.mac("router")};
  scene.answered("client1", "oc02");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "client1" && packet.is_syn_ack()) packet.source_mac = scene.mac("router");
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::proven);
}

TEST(StandIn, IsNamedByWhatWasWonOnIt) {
  Scene scene;
  scene.topology.hosts[2].stand_in = "Linux VM for Windows";
  scene.answered("client1", "oc02");
  scene.answered("client1", "oc01");
  const auto run = scene.judge();
  EXPECT_THAT(scene.finding(run, id("return-path", "client1/oc02"))->evidence.back().text, HasSubstr("Linux VM for Windows"));
  EXPECT_THAT(scene.finding(run, id("return-path", "client1/oc01"))->evidence.back().text, testing::Not(HasSubstr("stands in")));
}

TEST(Vantage, AMemberThatOpensNothingNeedsNoAgent) {
  Scene scene;
  scene.topology.pools[0].sources = {"client1"};
  scene.topology.hosts[2].agent.reset();
  for (auto& agent : scene.observations.agents)
    if (agent.host == "oc02") agent.state = AgentState::none;
  scene.answered("client1", "oc02");
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, "vantage/oc02"), nullptr);
  scene.topology.pools[0].sources.push_back("oc02");
  EXPECT_EQ(expect_cause(scene, scene.judge(), "vantage/oc02", "vantage.no-agent").verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace hairpin

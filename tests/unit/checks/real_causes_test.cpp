// SPDX-License-Identifier: Apache-2.0
// Who is to blame for a failed connection, at sites that differ from the lab: filters that reject, translations on the way,
// a pair of load balancers, services that answer 503 themselves.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;

/// client1's last connection never came to this host.
void forget(Scene& scene, const std::string& host) {
  const auto local = *scene.observations.probes.back().local;
  std::erase_if(scene.observations.packets, [&](const PacketObservation& packet) {
    return packet.host == host && (packet.tuple.source == local || packet.tuple.destination == local);
  });
}

Finding inconclusive(const Scene& scene, const std::string& finding_id) {
  const auto* finding = scene.finding(scene.judge(), finding_id);
  EXPECT_NE(finding, nullptr) << finding_id;
  if (!finding) return {};
  EXPECT_EQ(finding->verdict, Verdict::inconclusive) << finding->summary;
  return *finding;
}

TEST(Rejected, OnTheWayToTheBalancerIsNotTheVipsRefusal) {
  Scene scene;
  scene.answered("oc01", "oc02");
  scene.vip_refuses("client1");
  forget(scene, "bigip");
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
  EXPECT_THAT(finding.observed, HasSubstr("a RST came back all the same"));
}

TEST(Rejected, OnTheWayToTheMemberIsNotTheMembersRefusal) {
  Scene scene;
  scene.answered("client1", "oc01");
  scene.member_refuses("client1", "oc02");
  forget(scene, "oc02");
  const auto finding = expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "server-leg.filtered");
  EXPECT_THAT(finding.observed, HasSubstr("a RST came back in its name"));
}

TEST(Missed, ByABalancerThatSawNothingOfTheVipMayBeTheOtherUnits) {
  Scene scene;
  scene.vip_is_silent("client1");
  forget(scene, "bigip");
  EXPECT_THAT(inconclusive(scene, id("reachability", "client1")).reason, HasSubstr("the other unit may be the active one"));
}

TEST(Missed, ByTheUnitThatHasTheFloatingAddressIsFiltered) {
  Scene scene;
  scene.vip_is_silent("client1");
  forget(scene, "bigip");
  for (auto& facts : scene.observations.hosts)
    if (facts.host == "bigip") facts.interfaces.emplace_back().addresses = {*parse_address("10.137.2.4")};
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "client-leg.filtered");
}

TEST(Missed, WhereTheBalancerTookAStrangersSynTheSourceMayBeTranslated) {
  Scene scene;
  scene.answered("oc01", "oc02");
  scene.vip_is_silent("client1");
  for (auto& packet : scene.observations.packets)
    if (packet.host == "bigip" && packet.tuple.source == *scene.observations.probes.back().local) {
      packet.tuple.source.address = *parse_address("192.0.2.77");
      packet.sequence += 5;
    }
  EXPECT_THAT(inconclusive(scene, id("reachability", "client1")).reason, HasSubstr("192.0.2.77"));
}

TEST(Missed, ByABalancerThatWatchedIsNoWayThroughIt) {
  Scene scene;
  scene.answered("client1", "oc02", {.snat = "10.137.2.4"});
  std::erase_if(scene.observations.packets, [](const PacketObservation& packet) { return packet.host == "bigip"; });
  EXPECT_THAT(inconclusive(scene, id("return-path", "client1/oc02")).reason, HasSubstr("bigip watched and saw nothing of it"));
}

TEST(NeverLeft, IsTheSourcesOwnMatterWhereTheVipAnswersOthers) {
  Scene scene;
  scene.answered("oc01", "oc02");
  scene.vip_is_silent("client1");
  for (const auto* host : {"client1", "bigip"}) forget(scene, host);
  EXPECT_THAT(inconclusive(scene, id("reachability", "client1")).reason, HasSubstr("its own firewall drops it"));
}

/// client1's SYN did not leave it; what it says of its way to the VIP.
Scene never_left(std::optional<IpAddress> via, std::optional<IpAddress> neighbour) {
  Scene scene;
  scene.vip_is_silent("client1");
  for (const auto* host : {"client1", "bigip"}) forget(scene, host);
  for (auto& facts : scene.observations.hosts) {
    if (facts.host != "client1") continue;
    RouteFacts route;
    route.to = scene.vip().address;
    route.via = via;
    facts.routes = {route};
    facts.neighbours.clear();
    if (neighbour) facts.neighbours.push_back({*neighbour, scene.mac("bigip"), "eth0"});
  }
  return scene;
}

TEST(NeverLeft, IsTheVipsMatterOnlyWhereItIsANeighbourThatNobodyKnows) {
  const auto gateway = *parse_address("10.137.1.1");
  const auto vip = Scene().vip().address;
  const auto on_link = never_left({}, {});
  expect_cause(on_link, on_link.judge(), id("reachability", "client1"), "vip.silent");
  EXPECT_THAT(inconclusive(never_left({}, vip), id("reachability", "client1")).reason, HasSubstr("its own firewall drops it"));
  EXPECT_THAT(inconclusive(never_left(gateway, gateway), id("reachability", "client1")).reason, HasSubstr("its own firewall drops it"));
  EXPECT_THAT(inconclusive(never_left(gateway, {}), id("reachability", "client1")).reason, HasSubstr("its gateway answers no ARP"));
}

TEST(PassedOn, ByTheBalancerAsItWasIsNoSilentVip) {
  for (const auto* interface : {"eth1", "eth0"}) {  // to another network, or back into the one it came from
    Scene scene;
    scene.blind("oc02");
    scene.vip_is_silent("client1");
    const auto syn = scene.observations.packets.back();
    scene.send("bigip", "oc02", syn.tuple, kSyn, syn.sequence, 0, *syn.timestamp_value);
    scene.observations.packets.back().interface = interface;
    EXPECT_THAT(inconclusive(scene, id("reachability", "client1")).reason, HasSubstr("passed the SYN on"));
  }
}

TEST(ServiceUnavailable, MayComeOverAConnectionThatTheBalancerKeeps) {
  Scene scene;
  auto& probe = scene.vip_refuses("client1");
  probe.end = End::answered;
  probe.ended_in = Phase::close;
  probe.http_status = 503;
  expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.no-member-available");
  auto request = scene.observations.packets.front();
  request.host = "oc01";
  request.direction = Direction::in;
  request.payload_bytes = 90;
  request.tuple = {{*parse_address("10.137.2.4"), 40'000}, scene.service("oc01")};
  request.flags = kAck;
  scene.observations.packets.push_back(request);
  EXPECT_THAT(inconclusive(scene, id("reachability", "client1")).reason, HasSubstr("503"));
}

TEST(Refused, WhereNobodyWatchesAMemberMayHaveDoneIt) {
  Scene scene;
  scene.vip_refuses("client1");
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused").observed,
              Not(HasSubstr("a member behind the VIP")));
  for (const auto* host : {"bigip", "oc02"}) {
    forget(scene, host);
    std::erase_if(scene.observations.captures, [&](const auto& capture) { return capture.host == host; });
  }
  EXPECT_THAT(expect_cause(scene, scene.judge(), id("reachability", "client1"), "vip.refused").observed,
              HasSubstr("a member behind the VIP"));
}

TEST(TcpDepth, AProxysHandshakeIsNoAnswerOfThePool) {
  Scene scene;
  auto& probe = scene.member_is_silent("client1", "oc02");
  probe.depth = Depth::tcp;
  probe.end = End::answered;
  probe.ended_in = Phase::close;
  EXPECT_NE(scene.finding(scene.judge(), id("reachability", "client1"))->verdict, Verdict::pass);
}

}  // namespace
}  // namespace hairpin

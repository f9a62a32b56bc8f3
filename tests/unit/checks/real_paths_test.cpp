// SPDX-License-Identifier: Apache-2.0
// Paths as they are outside the lab: firewalls that renumber, NAT in front, several addresses and ways, one-sided looks.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::expect_cause;
using test::id;
using test::Scene;
using testing::HasSubstr;

bool is_client_leg(const PacketObservation& packet, const Scene& scene) {
  return packet.tuple.destination == scene.vip() || packet.tuple.source == scene.vip();
}

/// A firewall between the source and the balancer gives what the source sends other numbers (ASA does by default).
void renumber_client_leg(Scene& scene) {
  for (auto& packet : scene.observations.packets) {
    if (packet.host != "bigip" || !is_client_leg(packet, scene)) continue;
    (packet.tuple.destination == scene.vip() ? packet.sequence : packet.acknowledgement) += 123456789;
  }
}

TEST(RenumberingFirewall, LosesNothing) {
  Scene scene;
  for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member, {.snat = "10.137.2.4", .is_proxied = true});
  renumber_client_leg(scene);
  const auto run = scene.judge();
  EXPECT_NE(expect_cause(scene, run, id("loss", "client1"), "").verdict, Verdict::warn);
}

TEST(RenumberingFirewall, BehindTheBalancerLosesNothing) {
  Scene scene;
  scene.answered("client1", "oc02", {.snat = "10.137.2.4", .is_proxied = true});
  for (auto& packet : scene.observations.packets)
    if (packet.host == "oc02") (packet.direction == Direction::in ? packet.sequence : packet.acknowledgement) += 123456789;
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("loss", "client1"), "").verdict, Verdict::pass);
}

TEST(RenumberingFirewall, ExcusesNoSilence) {
  Scene scene;
  scene.answered("client1", "oc01", {.snat = "10.137.2.4", .is_proxied = true});
  scene.vip_is_silent("client1");
  renumber_client_leg(scene);
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip" && packet.is_syn_ack(); });
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->verdict, Verdict::fail);
}

/// Between the source and the balancer something gives connections another address.
void nat_in_front(Scene& scene, const char* address) {
  for (auto& packet : scene.observations.packets)
    if (packet.host == "bigip" && is_client_leg(packet, scene))
      (packet.tuple.destination == scene.vip() ? packet.tuple.source : packet.tuple.destination).address = *parse_address(address);
}

TEST(NatInFront, LosesNothing) {
  Scene scene;
  scene.answered("client1", "oc02", {.snat = "10.137.2.4", .is_proxied = true});
  nat_in_front(scene, "10.137.9.9");
  EXPECT_NE(expect_cause(scene, scene.judge(), id("loss", "client1"), "").verdict, Verdict::warn);
}

/// What comes in at this host, or what goes out there, does so by a second interface.
void by_another_interface(Scene& scene, const std::string& host, Direction direction) {
  for (auto& packet : scene.observations.packets)
    if (packet.host == host && packet.direction == direction) packet.interface = "eth1";
  for (auto capture : scene.observations.captures) {
    if (capture.host != host) continue;
    capture.interface = "eth1";
    scene.observations.captures.push_back(capture);
    break;
  }
}

TEST(TwoInterfaces, ThatShareAConnectionProveNothing) {
  for (const auto& [host, direction] : {std::pair{"client1", Direction::in}, std::pair{"oc02", Direction::out}}) {
    Scene scene;
    scene.answered("client1", "oc02");
    by_another_interface(scene, host, direction);
    const auto finding = expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "");
    EXPECT_EQ(finding.grade, Grade::consistent) << host;
    EXPECT_THAT(finding.observed, HasSubstr(std::string("at ") + host + " requests pass by eth"));
    EXPECT_THAT(finding.observed, HasSubstr("replies by eth"));
  }
}

TEST(TwoInterfaces, OfABondThatSeesBothWaysAreOne) {
  Scene scene;
  scene.answered("client1", "oc02");
  auto packets = scene.observations.packets;
  for (auto& packet : packets) packet.interface = "bond0";
  by_another_interface(scene, "client1", Direction::in);
  std::erase_if(packets, [](const auto& packet) { return packet.host != "client1"; });
  for (auto& packet : packets) scene.observations.packets.push_back(packet);
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::proven);
}

/// Nobody but client1 captures, and its next hop both ways is this host.
void only_client_watches(Scene& scene, const std::string& next_hop) {
  auto& seen = scene.observations;
  std::erase_if(seen.packets, [](const auto& packet) { return packet.host != "client1"; });
  std::erase_if(seen.captures, [](const auto& capture) { return capture.host != "client1"; });
  std::erase_if(seen.hosts, [](const auto& facts) { return facts.host != "client1"; });
  for (auto& packet : seen.packets)
    (packet.direction == Direction::out ? packet.destination_mac : packet.source_mac) = scene.mac(next_hop);
}

void add_neighbour(Scene& scene, const IpAddress& address, const MacAddress& mac) {
  auto& neighbour = scene.observations.hosts.front().neighbours.emplace_back();
  neighbour.address = address;
  neighbour.mac = mac;
}

/// nPath in fact, where the way through the balancer is promised; client1 hears by the router by which it asks.
Scene direct_return_behind_router() {
  Scene scene;
  scene.topology.networks[0].gateway = *parse_address("10.137.1.1");
  scene.direct_return("client1", "oc02");
  only_client_watches(scene, "router");
  add_neighbour(scene, *parse_address("10.137.1.1"), scene.mac("router"));
  return scene;
}

void expect_asserted(const Scene& scene) {
  const auto finding = expect_cause(scene, scene.judge(), id("return-path", "client1/oc02"), "");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_EQ(finding.grade, Grade::asserted);
  EXPECT_EQ(finding.next_step, "run an agent with capture on oc02 or bigip");
}

TEST(RouterBetween, ItsMacDoesNotTellDirectReturn) { expect_asserted(direct_return_behind_router()); }

TEST(RouterBetween, ThatAnswersForTheBalancerAsWellDoesNotTellIt) {
  auto scene = direct_return_behind_router();
  add_neighbour(scene, scene.address("bigip"), scene.mac("router"));
  add_neighbour(scene, scene.vip().address, scene.mac("router"));
  expect_asserted(scene);
  scene.observations.hosts.front().neighbours.erase(scene.observations.hosts.front().neighbours.begin());
  scene.topology.networks[0].gateway_macs = {scene.mac("router")};
  expect_asserted(scene);
}

TEST(RouterBetween, AtTheMemberDoesNotTellItEither) {
  auto scene = direct_return_behind_router();
  Scene member;
  member.direct_return("client1", "oc02");
  for (auto packet : member.observations.packets) {
    if (packet.host != "oc02") continue;
    (packet.direction == Direction::in ? packet.source_mac : packet.destination_mac) = member.mac("router");
    scene.observations.packets.push_back(packet);
  }
  expect_asserted(scene);
}

TEST(RouterBetween, IsNoneWhereTheMacIsTheBalancers) {
  for (const bool is_vip : {true, false}) {
    Scene scene;
    scene.direct_return("client1", "oc02", true);
    only_client_watches(scene, "bigip");
    add_neighbour(scene, is_vip ? scene.vip().address : scene.topology.hosts.back().addresses[0], scene.mac("bigip"));
    EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::consistent) << is_vip;
  }
}

TEST(RouterBetween, DoesNotMatterWhereTheMemberWasAddressedAsItself) {
  Scene scene;
  scene.answered("client1", "oc02");
  for (auto& packet : scene.observations.packets) {
    if (packet.host == "bigip") continue;
    (packet.direction == Direction::out ? packet.destination_mac : packet.source_mac) = scene.mac("router");
  }
  std::erase_if(scene.observations.packets, [](const auto& packet) { return packet.host == "bigip"; });
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::proven);
}

TEST(RouterBetween, MayBeAGroupThatHearsByOneMacAndSendsByAnother) {
  Scene scene;
  scene.topology.networks[0].gateway = *parse_address("10.137.1.1");
  scene.topology.networks[0].gateway_macs = {{{2, 0, 0, 0, 7, 1}}, {{2, 0, 0, 0, 7, 2}}};
  scene.blind("bigip");
  test::without_capture(scene, "bigip");
  scene.answered("client1", "oc02");
  for (auto& packet : scene.observations.packets) {
    if (packet.host != "client1") continue;
    const bool is_out = packet.direction == Direction::out;
    (is_out ? packet.destination_mac : packet.source_mac) = scene.topology.networks[0].gateway_macs[is_out ? 0 : 1];
  }
  EXPECT_EQ(scene.finding(scene.judge(), id("return-path", "client1/oc02"))->grade, Grade::proven);
}

TEST(RouterBetween, OfTheMemberCastsDoubtOnTheSourcesMac) {
  Scene scene;
  scene.blind("bigip");
  scene.direct_return("client1", "oc02");
  std::erase_if(scene.observations.captures, [](const auto& capture) { return capture.host == "bigip"; });
  for (auto& packet : scene.observations.packets)
    if (packet.host == "client1" && packet.direction == Direction::in) packet.source_mac = scene.mac("bigip");
  expect_asserted(scene);
}

/// Nobody but oc01 has anything of hairpin; it knows the balancer's MAC by the VIP.
Scene one_sided() {
  Scene scene;
  auto& seen = scene.observations;
  for (auto& host : scene.topology.hosts) {
    if (host.name == "oc01") continue;
    host.agent.reset();
    scene.blind(host.name);
  }
  const auto is_other = [](const auto& facts) { return facts.host != "oc01"; };
  std::erase_if(seen.captures, is_other);
  std::erase_if(seen.hosts, is_other);
  for (auto& agent : seen.agents)
    if (is_other(agent)) agent.state = AgentState::none;
  add_neighbour(scene, scene.vip().address, scene.mac("bigip"));
  return scene;
}

/// A service that gives no name answers as often as covers two members.
void answer_one_side(Scene& scene, const std::vector<std::string>& members, const std::vector<std::string>& certificates,
                     bool is_proxied = false) {
  for (std::size_t i = 0; i < 12; ++i) {
    const Scene::Through how{.snat = "10.137.2.4", .is_proxied = is_proxied, .hides_responder = true};
    auto& probe = scene.answered("oc01", members[i % members.size()], how);
    probe.depth = Depth::hello;
    probe.answer.reset();
    probe.http_status.reset();
    probe.tls = TlsFacts{};
    probe.tls->peer_certificate_sha256 = certificates[i % certificates.size()];
  }
}

TEST(OneSide, OfOneMemberSaysNothingOfTheOthers) {
  auto scene = one_sided();
  answer_one_side(scene, {"oc02"}, {"aa"});
  const auto finding = expect_cause(scene, scene.judge(), id("return-path", "oc01"), "");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.reason, HasSubstr("persistence"));
}

TEST(OneSide, PassesWhereCertificatesTellMembersApart) {
  auto scene = one_sided();
  answer_one_side(scene, {"oc02"}, {"aa", "bb"});
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("return-path", "oc01"), "").verdict, Verdict::pass);
}

TEST(OneSide, PassesWhereConnectionsCameToTheSourceItselfBesideOthers) {
  auto scene = one_sided();
  answer_one_side(scene, {"oc01", "oc02"}, {"aa"});
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("return-path", "oc01"), "").verdict, Verdict::pass);
}

TEST(OneSide, ThatOnlyInfersWhichCameToItselfTellsNoMembersApart) {
  auto scene = one_sided();
  answer_one_side(scene, {"oc01", "oc02"}, {"aa"}, true);
  for (auto& probe : scene.observations.probes) probe.ended += std::chrono::milliseconds(100);
  EXPECT_EQ(expect_cause(scene, scene.judge(), id("return-path", "oc01"), "").verdict, Verdict::inconclusive);
}

TEST(OneSide, NeedsAsManyAnswersAsCoverEveryMember) {
  auto scene = one_sided();
  answer_one_side(scene, {"oc02"}, {"aa", "bb"});
  scene.observations.probes.resize(10);
  EXPECT_THAT(scene.finding(scene.judge(), id("return-path", "oc01"))->reason, HasSubstr("11 answered connections"));
}

TEST(OneSide, SaysEveryDoubt) {
  auto scene = one_sided();
  scene.observations.hosts.front().neighbours.clear();
  answer_one_side(scene, {"oc02"}, {"aa"});
  const auto* finding = scene.finding(scene.judge(), id("return-path", "oc01"));
  EXPECT_THAT(finding->reason, HasSubstr("by which router"));
  EXPECT_THAT(finding->reason, HasSubstr("persistence"));
  EXPECT_THAT(finding->next_step, HasSubstr("declare its self IPs"));
}

TEST(OneSide, BehindARouterDoesNotSeeTheWay) {
  auto scene = one_sided();
  scene.observations.hosts.front().neighbours.clear();
  answer_one_side(scene, {"oc02"}, {"aa", "bb"});
  const auto finding = expect_cause(scene, scene.judge(), id("return-path", "oc01"), "");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_EQ(finding.reason, "the packets do not show by which router the replies came");
}

/// A full proxy resets the client leg, and something between it and oc02 reset the server leg, before or after.
Scene reset_on_both_legs(bool is_member_side_first, nanoseconds apart = std::chrono::milliseconds(10)) {
  Scene scene;
  auto& probe = scene.answered("client1", "oc02", {.snat = "10.137.2.4", .is_proxied = true});
  probe.end = End::reset;
  probe.ended_in = Phase::tls;
  probe.answer.reset();
  const auto client = Tuple{scene.vip(), *probe.local};
  const auto server = Tuple{scene.service("oc02"), scene.observations.responders.back().peer};
  if (!is_member_side_first) scene.send("bigip", "client1", client, kRst, 7);
  if (!is_member_side_first) scene.pass_time(apart);
  scene.send("router", "bigip", server, kRst, 0x70000001);
  if (is_member_side_first) scene.send("bigip", "client1", client, kRst, 7);
  return scene;
}

TEST(MiddleboxReset, ThatAProxyHandsOnIsNotTheBalancers) {
  const auto scene = reset_on_both_legs(true);
  const auto run = scene.judge();
  const auto finding = expect_cause(scene, run, id("reachability", "client1/oc02"), "vip.reset");
  EXPECT_THAT(finding.observed, HasSubstr("bigip had received a RST from the member's side before"));
  expect_cause(scene, run, id("reset", "client1/oc02"), "");
}

TEST(MiddleboxReset, InTheSameMomentBlamesNobody) {
  const auto scene = reset_on_both_legs(false, nanoseconds(0));
  expect_cause(scene, scene.judge(), id("reachability", "client1/oc02"), "vip.reset");
}

TEST(MiddleboxReset, ThatCameLaterDoesNotExcuseTheBalancer) {
  const auto scene = reset_on_both_legs(false);
  expect_cause(scene, scene.judge(), id("reset", "client1/oc02"), "reset.by-load-balancer");
}

/// No SNAT is promised, and oc02 sees another address than client1's.
Scene unexpected_address(bool is_proxied = true) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::none, {}}};
  scene.answered("client1", "oc02", {.snat = "10.137.9.9", .is_proxied = is_proxied});
  return scene;
}

TEST(NatInFront, IsNoSnatOfTheBalancer) {
  for (const bool is_proxied : {true, false}) {
    auto scene = unexpected_address(is_proxied);
    nat_in_front(scene, "10.137.9.9");
    const auto finding = expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "");
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_THAT(finding.reason, HasSubstr("NAT in front of bigip"));
    EXPECT_EQ(finding.failed, 0u);
  }
}

TEST(NatInFront, ThatGaveAnotherAddressThanTheMemberSawIsNotIt) {
  auto scene = unexpected_address();
  nat_in_front(scene, "10.137.9.8");
  expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "snat.unexpected");
}

TEST(NatInFront, OfSomebodyElseExcusesNoSnat) {
  auto scene = unexpected_address();
  const Tuple others{{*parse_address("10.137.9.9"), 50000}, scene.vip()};
  scene.send("router", "bigip", others, kSyn, 4711);
  expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "snat.unexpected");
}

TEST(NatInFront, ExcusesNoneOfTheOtherConnections) {
  auto scene = unexpected_address();
  nat_in_front(scene, "10.137.9.9");
  scene.answered("client1", "oc02", {.snat = "10.137.2.4", .is_proxied = true});
  const auto finding = expect_cause(scene, scene.judge(), id("snat", "client1/oc02"), "snat.unexpected");
  EXPECT_EQ(finding.observed, "10.137.2.4");
  EXPECT_EQ(finding.failed, 1u);
}

TEST(SeveralAddresses, OfAMemberAreAllTheMembers) {
  for (const bool is_proxied : {false, true}) {
    Scene scene;
    auto& addresses = scene.topology.hosts[2].addresses;
    addresses.insert(addresses.begin(), *parse_address("10.9.9.9"));
    for (int i = 0; i < 3; ++i) is_proxied ? scene.proxied_third_address("oc01", "oc02") : scene.third_address("oc01", "oc02");
    expect_cause(scene, scene.judge(), id("return-path", "oc01/oc02"), "return-path.bypasses-load-balancer");
  }
}

}  // namespace
}  // namespace hairpin

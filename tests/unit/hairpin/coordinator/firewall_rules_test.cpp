// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/firewall_rules.hpp"

#include <gmock/gmock.h>

#include "hairpin/run/plan_text.hpp"
#include "tests/unit/topology/files.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string rules_of(const Topology& topology) {
  return firewall_text(firewall_rules(topology, make_plan(topology)));
}

TEST(FirewallRules, OfTheDesignsExampleAreBothLegsTheControlAndTheAgents) {
  // Members are translated to the floating self IP, client1 keeps its address; the monitor comes from the
  // self IP that does not float; neighbours run the direct control; oc01 and oc02 have their agents by ssh.
  EXPECT_EQ(
      rules_of(topology_of("design.yaml")),
      "  bigip 10.137.2.4 -> oc01 10.137.2.21 tcp/444  mcu-factory behind the balancer, SNAT automap\n"
      "  bigip 10.137.2.4 -> oc02 10.137.2.22 tcp/444  mcu-factory behind the balancer, SNAT automap\n"
      "  bigip 10.137.2.5 -> oc01 10.137.2.21 tcp/444  mcu-factory monitor\n"
      "  bigip 10.137.2.5 -> oc02 10.137.2.22 tcp/444  mcu-factory monitor\n"
      "  client1 10.137.1.10 -> oc01 10.137.2.21 tcp/444  mcu-factory behind the balancer, source address "
      "kept\n"
      "  client1 10.137.1.10 -> oc02 10.137.2.22 tcp/444  mcu-factory behind the balancer, source address "
      "kept\n"
      "  client1 10.137.1.10 -> pool01 10.137.2.11 tcp/444  mcu-factory at the VIP\n"
      "  coordinator this-host -> client1 10.99.0.10 tcp/7411  control channel\n"
      "  coordinator this-host -> oc01 oc01 tcp/22  control channel (host and port as "
      "~/.ssh/config has them)\n"
      "  coordinator this-host -> oc02 oc02 tcp/22  control channel (host and port as "
      "~/.ssh/config has them)\n"
      "  oc01 10.137.2.21 -> oc02 10.137.2.22 tcp/444  mcu-factory direct control\n"
      "  oc01 10.137.2.21 -> pool01 10.137.2.11 tcp/444  mcu-factory at the VIP\n"
      "  oc02 10.137.2.22 -> oc01 10.137.2.21 tcp/444  mcu-factory direct control\n"
      "  oc02 10.137.2.22 -> pool01 10.137.2.11 tcp/444  mcu-factory at the VIP\n");
}

TEST(FirewallRules, NameBothAddressesWhereSnatIsNotDeclared) {
  const auto text = rules_of(read(small_topology()));
  EXPECT_THAT(text, HasSubstr("bigip 10.137.2.5 -> oc01 10.137.2.21 tcp/444  web behind the balancer, SNAT "
                              "automap (snat is not declared); web monitor\n"));
  EXPECT_THAT(text,
              HasSubstr("client1 10.137.1.10 -> oc01 10.137.2.21 tcp/444  web behind the balancer, source "
                        "address kept (snat is not declared)\n"));
  EXPECT_THAT(text, Not(HasSubstr("oc01 10.137.2.21 -> oc01")));  // no firewall stands there
  EXPECT_THAT(text, Not(HasSubstr("coordinator")));               // no agents
}

TEST(FirewallRules, TakeTheMembersPortAndTheAddressesOfAnSnatPool) {
  const auto text = rules_of(read(small_topology(
      "{ name: web, port: 443, member_port: 8443, expect: { snat: { type: pool, addresses: [10.137.2.40, "
      "10.137.2.41] } } }")));
  EXPECT_THAT(text, HasSubstr("client1 10.137.1.10 -> pool01 10.137.2.11 tcp/443  web at the VIP\n"));
  EXPECT_THAT(
      text,
      HasSubstr("bigip 10.137.2.40 -> oc02 10.137.2.22 tcp/8443  web behind the balancer, SNAT pool\n"));
  EXPECT_THAT(text, HasSubstr("bigip 10.137.2.41 -> oc02 10.137.2.22 tcp/8443"));
  EXPECT_THAT(text, Not(HasSubstr("kept")));
}

TEST(FirewallRules, SayWhichAddressTheTopologyDoesNotTell) {
  auto topology = read(small_topology("{ name: web, expect: { snat: { type: automap } } }"));
  for (auto& host : topology.hosts) host.self_ips.clear();
  EXPECT_THAT(rules_of(topology),
              HasSubstr("bigip ? -> oc01 10.137.2.21 tcp/444  web behind the balancer, SNAT "
                        "automap (self_ips are not declared)\n"));
}

TEST(FirewallRules, OfDirectReturnHaveNoServerLegBesideTheMonitor) {
  const auto text = rules_of(topology_of("npath.yaml"));
  EXPECT_THAT(text, HasSubstr(" monitor\n"));
  EXPECT_THAT(text, Not(HasSubstr("behind the balancer")));
}

TEST(FirewallRules, NeedNoneForAgentsAtUnixSockets) {
  auto topology = read(small_topology());
  topology.hosts[0].agent = UnixAgent{"/run/hairpin/client1.sock"};
  EXPECT_THAT(rules_of(topology), Not(HasSubstr("coordinator")));
  topology.hosts[0].agent = SshAgent{"ops@jump.example"};
  EXPECT_THAT(rules_of(topology), HasSubstr("coordinator this-host -> client1 jump.example tcp/22  "));
}

TEST(FirewallRules, AreNoneOfASourceThatIsLeftOut) {
  const auto topology =
      read(small_topology("{ name: web }", "    sources: { except: { client1: frozen } }\n"));
  EXPECT_THAT(rules_of(topology), Not(HasSubstr("client1")));
}

TEST(FirewallText, IsBoundedAndSaysWhatIsLeftOut) {
  FirewallRules rules;
  for (int port = 1; port <= 1500; ++port)
    rules[{"a", "192.0.2.1", "b", "192.0.2.2", static_cast<std::uint16_t>(port)}].insert("why");
  const auto text = firewall_text(rules);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1001);
  EXPECT_THAT(text, testing::EndsWith("tcp/1000  why\n  and 500 more\n"));
}

TEST(PlanText, ShowsTheRulesBeforeTheWorstCase) {
  const auto topology = topology_of("design.yaml");
  const auto text = plan_text(topology, make_plan(topology), std::chrono::seconds(300));
  const auto rules = text.find("Firewall rules (");
  ASSERT_NE(rules, text.npos) << text;
  EXPECT_LT(rules, text.find("Worst case ("));
  EXPECT_LT(rules, text.find("  oc01 10.137.2.21 -> pool01 10.137.2.11 tcp/444"));
}

TEST(PlanText, CountsWhatIsAskedAboutSessions) {
  auto topology = topology_of("design.yaml");
  auto& server = topology.pools.front().virtual_servers.front();
  server.expect.tls_mode = TlsMode::passthrough;
  for (auto& host : topology.hosts)
    if (host.name == "oc01") host.tls = HostTls{"a.crt", "a.key", "", ""};
  const auto text = [&] { return plan_text(topology, make_plan(topology), std::chrono::seconds(300)); };
  EXPECT_THAT(text(), HasSubstr("10.137.2.11:444: 6 connections about sessions\n"));
  server.expect.tls_mode = TlsMode::terminate;
  EXPECT_THAT(text(), HasSubstr("6 connections about sessions, and 3 about connections that members keep\n"));
}

TEST(PlanText, ItsWorstCaseKnowsTheLimit) {
  const auto topology = topology_of("design.yaml");
  const auto plan = make_plan(topology);
  EXPECT_THAT(plan_text(topology, plan, std::chrono::seconds(10)), HasSubstr("silent): 10 s, by --limit"));
  EXPECT_THAT(plan_text(topology, plan, std::chrono::seconds(86'400)), Not(HasSubstr("by --limit")));
}

}  // namespace
}  // namespace hairpin

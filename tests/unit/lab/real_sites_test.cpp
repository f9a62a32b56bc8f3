// SPDX-License-Identifier: Apache-2.0
// What the faults of real sites make of the seed site: each of them is one difference.
#include <algorithm>

#include "tests/unit/lab/sites.hpp"
#include "topology/yaml.hpp"

namespace hairpin::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

class RealSites : public testing::TestWithParam<Family> {
 protected:
  Site with(const char* fault, const std::string& mode = "fastl4", SnatType snat = SnatType::automap) const {
    return designed(wanted(mode, snat, GetParam(), {fault}));
  }
  std::string server(unsigned last) const { return hairpin::to_string(server_address(GetParam(), last)); }
  static std::string rules(const std::vector<std::string>& tables) {
    std::string text;
    for (const auto& table : tables) text += table;
    return text;
  }
  static std::string rules_of(const Site& site, std::string_view host) { return rules(site.host(host).nft_tables); }
  static Topology declared(const Site& site) {
    const auto reading = read_topology(declare(site));
    for (const auto& problem : reading.problems) ADD_FAILURE() << describe(problem, "topology");
    return reading.topology.value_or(Topology{});
  }
};

TEST_P(RealSites, ClientsInThePoolsSubnetAreDeclaredThere) {
  const auto site = with("clients-in-pool-subnet");
  EXPECT_EQ(site.host("client1").interface("eth0").network, "servers");
  const auto topology = declared(site);
  EXPECT_TRUE(topology.are_neighbours(*topology.host("client1"), *topology.host("oc01"), GetParam()));
}

TEST_P(RealSites, TwoGatewaysCarryOneWayEach) {
  const auto site = with("two-gateways");
  EXPECT_EQ(site.host("client1").routes.back().via, site_address(GetParam(), 3, 2));
  const auto& back = site.bigip().routes.back();
  EXPECT_EQ(back.to, site.network("branch").prefix);
  EXPECT_EQ(back.via, client_address(GetParam(), 3));
}

TEST_P(RealSites, MembersBehindARouterAnswerThroughTheBalancer) {
  const auto site = with("router-behind-lb");
  EXPECT_EQ(site.host("oc02").interface("eth0").network, "inner");
  EXPECT_EQ(site.host("r2").routes.back().via, server_address(GetParam(), 4));
  EXPECT_THAT(refusal_of(wanted("npath", SnatType::none, GetParam(), {"router-behind-lb"})), HasSubstr("own wire"));
}

TEST_P(RealSites, TheNetworkFiltersOnItsOwnPorts) {
  EXPECT_THAT(rules(with("filtered=client-leg").switch_tables), HasSubstr("\"p-client1\""));
  EXPECT_THAT(rules(with("filtered=server-leg").switch_tables), HasSubstr("ether daddr 02:00:0a:89:02:16 tcp dport 444 drop"));
  EXPECT_THAT(rules(with("reply-lost=client-leg").switch_tables), HasSubstr("\"p-bigip-cli\""));
  EXPECT_THAT(rules(with("reply-lost=server-leg").switch_tables), HasSubstr("\"p-oc02\""));
  EXPECT_THAT(rules(with("loss=7").switch_tables), HasSubstr("numgen random mod 100 < 7 drop"));
  EXPECT_TRUE(with("filtered=client-leg").host("client1").nft_tables.empty()) << "hosts do not lose it themselves";
}

TEST_P(RealSites, SnatOfMembersOnlyIsBuiltAndPromised) {
  EXPECT_THAT(rules_of(with("snat-members-only"), "bigip"), HasSubstr("saddr " + hairpin::to_string(designed(wanted("fastl4", SnatType::none, GetParam())).network("servers").prefix)));
  const auto topology = declared(with("snat-members-only", "standard"));
  ASSERT_EQ(topology.pools[0].virtual_servers[0].expect.snat.size(), 2u);
  EXPECT_THAT(with("snat-members-only", "standard").bigip().haproxy, HasSubstr("use_backend translated if { src "));
}

TEST_P(RealSites, AnUnusedAddressStaysPromised) {
  const auto site = with("snat-address-unused", "fastl4", SnatType::pool);
  EXPECT_EQ(site.balancer.snat_addresses.size(), 1u);
  EXPECT_EQ(site.pool_addresses.size(), 2u);
}

TEST_P(RealSites, AForeignMemberIsChosenAndNotDeclared) {
  const auto site = with("foreign-member");
  EXPECT_THAT(rules_of(site, "bigip"), HasSubstr(server(99)));
  EXPECT_THAT(declare(site), Not(HasSubstr("oc99")));
  EXPECT_THAT(site.host("oc99").nginx, HasSubstr("listen 444 ssl"));
}

TEST_P(RealSites, AMonitorThatFailsLeavesTheMemberOut) {
  const auto site = with("monitor-fails=oc02");
  EXPECT_THAT(rules_of(site, "bigip"), Not(HasSubstr(server(22))));
  EXPECT_THAT(rules_of(site, "oc02"), HasSubstr("reject with tcp reset"));
  EXPECT_THAT(with("monitor-fails=oc02", "standard").bigip().haproxy, HasSubstr("server oc02")) << "HAProxy finds out itself";
  EXPECT_THAT(rules_of(with("monitor-fails=all"), "bigip"), Not(HasSubstr("dnat")));
}

TEST_P(RealSites, PersistenceBindsEachSource) {
  const auto own = hairpin::to_string(client_address(GetParam(), 10));
  EXPECT_THAT(rules_of(with("persistence=source"), "bigip"), HasSubstr("saddr " + own));
  EXPECT_THAT(with("persistence=source", "standard").bigip().haproxy, HasSubstr("use-server oc01 if { src " + own + " }"));
  EXPECT_EQ(declared(with("persistence=source")).pools[0].virtual_servers[0].coverage, Coverage::each_pair);
  EXPECT_EQ(declared(with("persistence=declared")).pools[0].virtual_servers[0].coverage, Coverage::one_per_source);
}

TEST_P(RealSites, IdleConnectionsAreForgottenAndFourSecondsPromised) {
  const auto site = with("idle-silent=2");
  EXPECT_THAT(rules_of(site, "bigip"), HasSubstr("ct state invalid drop"));
  EXPECT_EQ(declared(site).pools[0].virtual_servers[0].expect.idle, std::chrono::seconds(4));
  EXPECT_THAT(with("idle-expiry=2", "standard").bigip().haproxy, HasSubstr("timeout client 2s"));
  EXPECT_THAT(refusal_of(wanted("standard", SnatType::none, GetParam(), {"idle-silent=2"})), HasSubstr("never drops"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, GetParam(), {"idle-expiry=0"})), HasSubstr("from 1 to 3600"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, GetParam(), {"idle-expiry=2", "idle-silent=2"})), HasSubstr("decides the same"));
}

TEST_P(RealSites, HostsMayLackAnAgentOrTheRightName) {
  const auto site = with("no-agent=oc02");
  EXPECT_TRUE(site.host("oc02").is_without_agent);
  EXPECT_THAT(site.host("oc02").nginx, HasSubstr("ssl"));
  EXPECT_THAT(with("name-elsewhere").host("oc02").names.front(), HasSubstr(server(77)));
  EXPECT_THAT(with("name-elsewhere").host("oc01").names.front(), HasSubstr(server(11)));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, GetParam(), {"no-agent=oc09"})), HasSubstr("no host"));
}

TEST_P(RealSites, TheRealServiceIsGreetedOnly) {
  const auto site = with("real-service=mutual");
  EXPECT_THAT(site.host("oc01").nginx, HasSubstr("ssl_verify_client on"));
  EXPECT_EQ(declared(site).pools[0].virtual_servers[0].depth, Depth::hello);
  EXPECT_THAT(with("real-service").host("oc01").nginx, Not(HasSubstr("ssl_verify_client")));
}

TEST_P(RealSites, ProxiesThatEndTlsSayWhoSpeaksIt) {
  const auto terminate = designed(wanted("terminate", SnatType::automap, GetParam()));
  EXPECT_THAT(terminate.bigip().haproxy, testing::AllOf(HasSubstr("ssl crt @FOLDER@/service.pem"), Not(HasSubstr("verify none"))));
  EXPECT_EQ(declared(terminate).pools[0].virtual_servers[0].expect.tls_mode, TlsMode::terminate);
  const auto reencrypt = designed(wanted("reencrypt", SnatType::automap, GetParam()));
  EXPECT_THAT(reencrypt.bigip().haproxy, HasSubstr("ssl verify none"));
}

INSTANTIATE_TEST_SUITE_P(Families, RealSites, testing::Values(Family::ipv4, Family::ipv6),
                         [](const auto& parameter) { return parameter.param == Family::ipv4 ? "IPv4" : "IPv6"; });

}  // namespace
}  // namespace hairpin::lab

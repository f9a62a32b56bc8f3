// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "tests/unit/lab/sites.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string rules_of(const Site& site, std::string_view host) {
  std::string text;
  for (const auto& table : site.host(host).nft_tables) text += table;
  return text;
}

std::string default_gateway(const Site& site, std::string_view host) {
  for (const auto& route : site.host(host).routes)
    if (route.to.length == 0 && route.table == 0) return to_string(*route.via);
  return "none";
}

std::string sysctl_of(const Site& site, std::string_view host, std::string_view path) {
  std::string value;  // the last one wins, as when they are written
  for (const auto& sysctl : site.host(host).sysctls)
    if (sysctl.path == path) value = sysctl.value;
  return value;
}

class LabFaults : public testing::TestWithParam<Family> {
 protected:
  Site with(const char* fault, const std::string& mode = "fastl4", SnatType snat = SnatType::none) const {
    return designed(wanted(mode, snat, GetParam(), {fault}));
  }
  std::string server(unsigned last) const { return to_string(server_address(GetParam(), last)); }
};

TEST_P(LabFaults, WrongGatewayMovesOneMemberOnly) {
  const auto site = with("wrong-gateway=oc01");
  EXPECT_EQ(default_gateway(site, "oc01"), server(1));
  EXPECT_EQ(default_gateway(site, "oc02"), server(4));
  EXPECT_EQ(site.host("gw").role, Role::router);
}

TEST_P(LabFaults, WrongGatewayInNPathIsTheBalancer) {
  const auto site = with("wrong-gateway", "npath");
  EXPECT_EQ(default_gateway(site, "oc01"), server(1));
  EXPECT_EQ(default_gateway(site, "oc02"), server(4));
}

TEST_P(LabFaults, MembersRefuseOrDropAtTheServicePortOnly) {
  EXPECT_THAT(rules_of(with("member-refused"), "oc02"), HasSubstr("tcp dport 444 reject with tcp reset"));
  EXPECT_THAT(rules_of(with("member-silent"), "oc02"), HasSubstr("tcp dport 444 drop"));
  EXPECT_EQ(rules_of(with("member-silent"), "oc01"), "");
}

TEST_P(LabFaults, VipWithoutServiceIsNotTranslated) {
  const auto refused = with("vip-refused");
  EXPECT_THAT(rules_of(refused, "bigip"), Not(HasSubstr("dnat")));
  EXPECT_THAT(rules_of(refused, "bigip"), Not(HasSubstr("drop\n    }")));
  const auto silent = with("vip-silent");
  EXPECT_THAT(rules_of(silent, "bigip"), HasSubstr(server(11) + " tcp dport 444 drop"));
  EXPECT_EQ(with("vip-refused", "standard").bigip().haproxy, "");
  EXPECT_THAT(rules_of(with("vip-silent", "npath"), "bigip"), Not(HasSubstr("fwd to")));
}

TEST_P(LabFaults, WrongSnatAddressBelongsToTheBalancerAndIsNotDeclared) {
  for (const auto snat : {SnatType::automap, SnatType::pool}) {
    const auto site = with("snat-wrong-address", "fastl4", snat);
    EXPECT_THAT(rules_of(site, "bigip"), HasSubstr(" to " + server(77)));
    EXPECT_THAT(describe(site), HasSubstr(server(77) + (GetParam() == Family::ipv4 ? "/32" : "/128")));
    EXPECT_THAT(declare(site), Not(HasSubstr(server(77))));
  }
}

TEST_P(LabFaults, HiddenMemberIsInNoMap) {
  EXPECT_THAT(rules_of(with("hides-member=oc01"), "bigip"), Not(HasSubstr(server(21))));
  EXPECT_THAT(with("hides-member=oc01", "standard").bigip().haproxy, Not(HasSubstr("server oc01")));
  EXPECT_THAT(rules_of(with("hides-member=oc01", "npath"), "bigip"),
              Not(HasSubstr(to_string(mac_of(2, 21)))));
  EXPECT_EQ(with("hides-member=oc01").members().size(), 2U);  // still declared
}

TEST_P(LabFaults, TimestampsAreOffOnHostsNotOnTheBalancer) {
  const auto site = with("no-timestamps");
  EXPECT_EQ(sysctl_of(site, "client1", "net/ipv4/tcp_timestamps"), "0");
  EXPECT_EQ(sysctl_of(site, "oc02", "net/ipv4/tcp_timestamps"), "0");
  EXPECT_EQ(sysctl_of(site, "bigip", "net/ipv4/tcp_timestamps"), "");
}

TEST_P(LabFaults, ChangedSourcePort) {
  EXPECT_THAT(with("source-port=changed", "standard").bigip().haproxy, HasSubstr("usesrc clientip\n"));
  EXPECT_THAT(rules_of(with("source-port=changed", "fastl4", SnatType::pool), "bigip"),
              HasSubstr("fully-random"));
  EXPECT_THAT(designed(wanted("standard", SnatType::none, GetParam())).bigip().haproxy,
              HasSubstr("usesrc client\n"));
}

TEST_P(LabFaults, FewSnatPorts) {
  const auto address = text_of(server_address(GetParam(), 4));
  const auto bracketed = GetParam() == Family::ipv4 ? address : "[" + address + "]";
  EXPECT_THAT(rules_of(with("snat-ports=16", "fastl4", SnatType::automap), "bigip"),
              HasSubstr(fmt::format("snat {} to {}:40000-40015", family_word(GetParam()), bracketed)));
  EXPECT_THAT(with("snat-ports=16", "standard", SnatType::automap).bigip().haproxy, HasSubstr(" source " + bracketed + ":40000-40015"));
  EXPECT_THAT(rules_of(designed(wanted("fastl4", SnatType::automap, GetParam())), "bigip"), Not(HasSubstr("40000")));
}

TEST_P(LabFaults, LimitOfNewConnections) {
  for (const auto* mode : {"standard", "terminate", "reencrypt"})
    EXPECT_THAT(with("balancer-limit=100", mode).bigip().haproxy, HasSubstr("\n  rate-limit sessions 100\n")) << mode;
  EXPECT_THAT(designed(wanted("standard", SnatType::none, GetParam())).bigip().haproxy, Not(HasSubstr("rate-limit")));
}

TEST_P(LabFaults, ForeignTrafficIsSlow) {
  const auto site = with("foreign-traffic");
  for (const auto* host : {"client1", "oc01"}) {
    ASSERT_EQ(site.host(host).connectors.size(), 1U);
    EXPECT_EQ(site.host(host).connectors[0].endpoints, std::vector{site.vip});
    EXPECT_GE(site.host(host).connectors[0].interval, milliseconds(200));
  }
}

TEST_P(LabFaults, HealthChecksReachEveryMemberEachSecond) {
  for (const auto* mode : {"fastl4", "npath"}) {
    const auto site = with("health-checks", mode);
    ASSERT_EQ(site.bigip().connectors.size(), 1U) << mode;
    EXPECT_EQ(site.bigip().connectors[0].endpoints.size(), 2U);
    EXPECT_EQ(site.bigip().connectors[0].interval, milliseconds(500));
  }
  EXPECT_THAT(with("health-checks", "standard").bigip().haproxy, HasSubstr(" check inter 1s"));
  EXPECT_THAT(designed(wanted("standard", SnatType::none)).bigip().haproxy, Not(HasSubstr("check inter")));
}

TEST_P(LabFaults, BalancerSendsFromMacsOfItsOwn) {
  const auto rules = rules_of(with("gateway-own-mac"), "bigip");
  EXPECT_THAT(rules, HasSubstr("device \"cli\" priority 0\n    ether saddr set 02:01:0a:89:01:05"));
  EXPECT_THAT(rules, HasSubstr("device \"srv\" priority 0\n    ether saddr set 02:01:0a:89:02:05"));
}

INSTANTIATE_TEST_SUITE_P(Families, LabFaults, testing::Values(Family::ipv4, Family::ipv6),
                         [](const auto& parameter) {
                           return parameter.param == Family::ipv4 ? "IPv4" : "IPv6";
                         });

TEST(LabFaultsIPv4, ReversePathFilterIsStrictOnTheFirstLegOnly) {
  const auto site = designed(wanted("fastl4", SnatType::none, Family::ipv4, {"rp-filter"}));
  EXPECT_EQ(sysctl_of(site, "oc02", "net/ipv4/conf/eth0/rp_filter"), "1");
  EXPECT_EQ(sysctl_of(site, "oc02", "net/ipv4/conf/all/rp_filter"), "0");
  EXPECT_EQ(site.host("oc02").interface("eth1").network, "clients");
  EXPECT_EQ(to_string(site.host("oc02").interface("eth1").addresses.at(0).address), "10.137.1.22");
  EXPECT_EQ(sysctl_of(site, "oc01", "net/ipv4/conf/eth0/rp_filter"), "");
}

}  // namespace
}  // namespace hairpin::lab

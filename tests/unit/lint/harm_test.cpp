// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "site.hpp"
#include "topology/predict/of_topology.hpp"

/// Mends that would break what works, and rules that name what is right.
namespace hairpin::f5 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> mend_of(std::string_view rule, const std::string& text, const Known& known = {}) {
  const auto findings = found(rule, config_of(text), known);
  EXPECT_FALSE(findings.empty()) << rule;
  return findings.empty() ? std::vector<std::string>() : findings.front().mend;
}

std::string global_snat(const std::string& name, const std::string& how, const std::string& origins) {
  return "ltm snat /Common/" + name + " {\n    " + how + "\n    origins {\n" + origins + "    }\n}\n";
}

std::string base_with(const std::string& more) { return kNetworks + kMembers + server_at("10.1.0.11:444", more); }

TEST(Harmless, AnOverlapLeavesTheWiderSnat) {
  const auto wide = global_snat("wide", "automap", "        10.0.0.0/8 { }\n");
  EXPECT_THAT(mend_of("SNAT-005", base_with(kAutomapped) + wide + global_snat("narrow", "automap", "        10.2.0.0/24 { }\n")),
              ElementsAre("where /Common/wide is meant to translate them: tmsh delete ltm snat /Common/narrow"));
  EXPECT_THAT(mend_of("SNAT-005", base_with(kAutomapped) + wide + global_snat("narrow", "automap", "        10.2.0.0/24 { }\n        192.0.2.0/24 { }\n")),
              ElementsAre("where /Common/wide is meant to translate them: tmsh modify ltm snat /Common/narrow origins delete { 10.2.0.0/24 }"));
}

TEST(Harmless, TheSnatOfOneHostIsNoneForAll) {
  const auto translation = std::string("ltm snat-translation /Common/t {\n    address 10.2.0.9\n}\n");
  EXPECT_THAT(mend_of("SNAT-005", base_with("") + translation + global_snat("g", "translation /Common/t", "        10.1.0.7/32 { }\n")),
              ElementsAre(HasSubstr("tmsh modify ltm virtual /Common/v description")));
  EXPECT_THAT(mend_of("SNAT-005", base_with("") + translation + global_snat("g", "translation /Common/t", "        0.0.0.0/0 { }\n")),
              ElementsAre("tmsh create ltm snatpool NAME members add { 10.2.0.9 }", "tmsh modify ltm virtual /Common/v source-address-translation { type snat pool NAME }"));
  EXPECT_THAT(mend_of("SNAT-005", base_with("") + global_snat("g", "automap", "        0.0.0.0/0 { }\n")),
              ElementsAre("tmsh modify ltm virtual /Common/v source-address-translation { type automap }"));
}

TEST(Harmless, ServersThatAreCalledByNameAreInNobodysWay) {
  const auto server = [](const std::string& name, const std::string& more) {
    return "ltm virtual /Common/" + name + " {\n    destination /Common/0.0.0.0:0\n    ip-protocol tcp\n    mask any\n    pool /Common/p\n" + more + "}\n";
  };
  EXPECT_EQ(count("VS-001", kNetworks + kMembers + server("a", "    internal\n") + server("b", "    internal\n")), 0u);
  EXPECT_EQ(count("VS-001", kNetworks + kMembers + server("a", "") + server("b", "")), 1u);
  EXPECT_THAT(mend_of("VS-001", kNetworks + kMembers + server("a", "") + server("b", "")), ElementsAre(HasSubstr("tmsh show ltm virtual /Common/a /Common/b")));
}

TEST(Harmless, AServerOfEveryProtocolKeepsTheOthers) {
  const auto any = "ltm virtual /Common/any {\n    destination /Common/10.1.0.11:444\n    ip-protocol any\n    pool /Common/p\n}\n";
  EXPECT_THAT(mend_of("VS-001", base_with("") + any), ElementsAre(Not(HasSubstr("ip-protocol"))));
}

TEST(Harmless, AMonitorIsOfTheProtocol) {
  auto unwatched = kMembers;
  unwatched.erase(unwatched.find("    monitor"), std::string("    monitor /Common/tcp\n").size());
  const auto server = [](const std::string& protocol, const std::string& name = "v") {
    return "ltm virtual /Common/" + name + " {\n    destination /Common/10.1.0.11:444\n    ip-protocol " + protocol + "\n    pool /Common/p\n}\n";
  };
  EXPECT_THAT(mend_of("POOL-001", kNetworks + unwatched + server("tcp")), ElementsAre("tmsh modify ltm pool /Common/p monitor tcp"));
  EXPECT_THAT(mend_of("POOL-001", kNetworks + unwatched + server("udp")), ElementsAre("tmsh modify ltm pool /Common/p monitor udp"));
  EXPECT_THAT(mend_of("POOL-001", kNetworks + unwatched + server("tcp") + server("udp", "w")), ElementsAre("tmsh modify ltm pool /Common/p monitor gateway_icmp"));
  auto gateways = unwatched;
  for (auto place = gateways.find(":444"); place != std::string::npos; place = gateways.find(":444")) gateways.replace(place, 4, ":0");
  EXPECT_THAT(mend_of("POOL-001", kNetworks + gateways + server("tcp")), ElementsAre("tmsh modify ltm pool /Common/p monitor gateway_icmp"));
}

TEST(Harmless, PreserveStrictIsRightBehindNPath) {
  const auto strict = std::string("    source-port preserve-strict\n");
  EXPECT_EQ(count("PORT-001", base_with(strict)), 1u);
  EXPECT_EQ(count("PORT-001", base_with(strict + "    translate-address disabled\n")), 0u);
  EXPECT_THAT(mend_of("PORT-001", base_with(strict)), ElementsAre(StartsWith("where members can do without"), HasSubstr("cmp-enabled no")));
}

TEST(Harmless, NoHttpProfileWhereTlsPasses) {
  const auto cookie = [](const std::string& port, const std::string& names) {
    return kNetworks + kMembers + server_at("10.1.0.11:" + port, profiles(names) + "    persist {\n        /Common/cookie { }\n    }\n");
  };
  EXPECT_THAT(mend_of("PERS-001", cookie("443", "tcp")), ElementsAre("tmsh modify ltm virtual /Common/v persist replace-all-with { source_addr }"));
  EXPECT_THAT(mend_of("PERS-001", cookie("443", "tcp clientssl")), ElementsAre("tmsh modify ltm virtual /Common/v profiles add { http }"));
  EXPECT_THAT(mend_of("PERS-001", cookie("80", "tcp")), ElementsAre("tmsh modify ltm virtual /Common/v profiles add { http }"));
}

TEST(Harmless, TheServerAndItsPoolBothTranslate) {
  auto members = kMembers;
  members.replace(members.find("{\n") + 2, 0, "    allow-snat no\n");
  const auto server = server_at("10.1.0.11:444", "");
  const auto both = ElementsAre("tmsh modify ltm virtual /Common/v source-address-translation { type automap }", "tmsh modify ltm pool /Common/p allow-snat yes");
  EXPECT_THAT(mend_of("PATH-001", kNetworks + members + server, sources("10.2.0.0/24")), both);
  EXPECT_THAT(mend_of("PATH-002", kNetworks + members + server, sources("10.2.0.21/32")), both);
  EXPECT_THAT(mend_of("PATH-001", kNetworks + members + server_at("10.1.0.11:444", kAutomapped), sources("10.2.0.0/24")),
              ElementsAre("tmsh modify ltm pool /Common/p allow-snat yes"));
}

TEST(Harmless, ASnatAddressIsNotLeftBehind) {
  const auto group = std::string("    traffic-group /Common/traffic-group-2\n");
  const auto address = "ltm virtual-address /Common/10.2.0.11 {\n    address 10.2.0.11\n" + group + "}\n";
  EXPECT_THAT(mend_of("HA-001", kNetworks + kMembers + address + server_at("10.2.0.11:444", kAutomapped)),
              ElementsAre("tmsh modify ltm virtual-address /Common/10.2.0.11 traffic-group /Common/traffic-group-1"));
  const auto pool = "ltm snatpool /Common/sp {\n    members {\n        /Common/10.2.0.9\n    }\n}\nltm snat-translation /Common/10.2.0.9 {\n    address 10.2.0.9\n" + group + "}\n";
  EXPECT_THAT(mend_of("HA-001", kNetworks + kMembers + address + pool + server_at("10.2.0.11:444", "    source-address-translation {\n        pool /Common/sp\n        type snat\n    }\n")),
              ElementsAre("tmsh create net self NAME address ADDRESS/LENGTH vlan /Common/servers traffic-group /Common/traffic-group-2"));
}

TEST(Right, WhatIsNotUnderstoodMayNameAnything) {
  const auto unused = [](const std::string& more) { return count("REF-001", base_with("") + "ltm pool /Common/logs {\n    monitor /Common/tcp\n}\n" + more); };
  const auto none = unused("");
  EXPECT_EQ(unused("sys log-config destination remote-high-speed-log /Common/d {\n    pool-name /Common/logs\n}\n"), none - 1);
  EXPECT_EQ(unused("ltm message-routing sip peer /Common/d {\n    pool logs\n}\n"), none - 1);
  EXPECT_EQ(unused("ltm message-routing sip peer /Common/d {\n    pool other\n}\n"), none);
}

std::string topology_with(const std::string& pool, const std::string& expect, const std::string& protocol = "https") {
  return "hairpin: 1\nname: site\nhosts:\n  client1: { addresses: [10.1.0.10] }\n  m1: { addresses: [10.2.0.21] }\n  m2: { addresses: [10.2.0.22] }\n"
         "  bigip: { load_balancer: true, self_ips: [ { address: 10.2.0.4, floating: true } ] }\npools:\n  p:\n    vip: [10.1.0.11]\n    load_balancer: bigip\n"
         "    members: [m1, m2]\n" + pool + "    virtual_servers:\n      - { name: v, port: 444, protocol: " + protocol + ", expect: { " + expect + " } }\n";
}

LintFindings found_with(std::string_view rule, const std::string& text, const std::string& topology) {
  const auto reading = read_topology(topology);
  EXPECT_TRUE(reading.topology) << (reading.problems.empty() ? "" : describe(reading.problems.front(), "t"));
  if (!reading.topology) return {};
  const auto config = config_of(text);
  auto findings = found(rule, config, known_of(*reading.topology), Intent(*reading.topology));
  for (auto& each : findings) each.object = nullptr;  // the configuration goes
  return findings;
}

TEST(Right, TheTopologySaysWhoCallsEachPool) {
  const auto text = base_with("");
  const auto only_client = topology_with("    sources: [client1]\n", "return_path: through_load_balancer");
  const auto all = topology_with("", "return_path: through_load_balancer");
  EXPECT_EQ(found_with("PATH-002", text, all).size(), 1u);
  EXPECT_EQ(found_with("PATH-002", text, only_client).size(), 0u);
  const auto on_clients = base_with("    vlans {\n        /Common/clients\n    }\n    vlans-enabled\n");
  EXPECT_EQ(found_with("VLAN-001", on_clients, all).size(), 1u);
  EXPECT_EQ(found_with("VLAN-001", on_clients, only_client).size(), 0u);
}

TEST(Right, WhoIsNotTakenAnywayNeedsNoVlan) {
  const auto with = [](const std::string& source) { return base_with("    source " + source + "\n    vlans {\n        /Common/clients\n    }\n    vlans-enabled\n"); };
  EXPECT_EQ(count("VLAN-001", with("0.0.0.0/0"), sources("10.2.0.0/24")), 1u);
  EXPECT_EQ(count("VLAN-001", with("10.1.0.0/24"), sources("10.2.0.0/24")), 0u);
}

TEST(Right, WhoEndsTlsAsksForTheCertificate) {
  const auto tls = base_with("    profiles {\n        /Common/own {\n            context serverside\n        }\n        /Common/clientssl {\n            context clientside\n        }\n    }\n") +
                   "ltm profile server-ssl /Common/own {\n    ca-file /Common/ca\n    defaults-from /Common/serverssl\n    peer-cert-mode require\n}\n";
  EXPECT_EQ(found_with("TLS-004", tls, topology_with("", "tls: { mode: reencrypt, mutual: required }")).size(), 0u);
  EXPECT_EQ(found_with("TLS-004", tls, topology_with("", "tls: { mode: passthrough, mutual: required }")).size(), 1u);
}

TEST(Right, AUdpServerIsNoneOfTheTopology) {
  const auto udp = [](const std::string& protocol) {
    return kNetworks + kMembers + "ltm virtual /Common/v {\n    destination /Common/10.1.0.11:444\n    ip-protocol " + protocol + "\n    pool /Common/p\n" + profiles(protocol) + "}\n";
  };
  const auto resting = topology_with("", "idle: 600s");
  EXPECT_EQ(found_with("TMO-001", udp("tcp"), resting).size(), 1u);
  EXPECT_EQ(found_with("TMO-001", udp("udp"), resting).size(), 0u);
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "site.hpp"

/// What looks like a fault and is none, or none that the configuration shows; each beside the fault itself.
namespace hairpin::f5 {
namespace {

using testing::HasSubstr;

TEST(NearMiss, TheBoxItselfIsNoNeighbour) {
  const auto inner = "ltm virtual /Common/inner {\n    destination /Common/10.2.0.21:444\n    ip-protocol tcp\n}\n"
                     "ltm virtual /Common/other {\n    destination /Common/10.2.0.22:444\n    ip-protocol tcp\n}\n";
  const auto text = kNetworks + kMembers + server_at("10.1.0.11:444", "");
  EXPECT_EQ(count("PATH-001", text, sources("10.2.0.0/24")), 1u);
  EXPECT_EQ(count("PATH-001", text + inner, sources("10.2.0.0/24")), 0u) << "the members are virtual servers";
  EXPECT_EQ(count("PATH-004", text), 1u);
  EXPECT_EQ(count("PATH-004", text + inner), 0u);
  EXPECT_EQ(count("PATH-001", text, sources("10.2.0.4/32")), 0u) << "the source is a self IP";
  EXPECT_EQ(count("PATH-002", text, sources("10.2.0.21/32")), 1u);
  EXPECT_EQ(count("PATH-002", text + inner, sources("10.2.0.21/32")), 0u);
}

TEST(NearMiss, WhatAfmTranslatesIsNotWithoutSnat) {
  const auto text = [](const std::string& more) { return kNetworks + kMembers + server_at("10.1.0.11:444", more); };
  EXPECT_EQ(count("PATH-001", text("    security-nat-policy {\n        policy /Common/n\n    }\n"), sources("10.2.0.0/24")), 0u);
  EXPECT_EQ(count("DYN-001", text("    security-nat-policy {\n        policy /Common/n\n    }\n")), 1u);
  EXPECT_EQ(count("DYN-001", text("")), 0u);
}

TEST(NearMiss, OnlyWhatTheServerTakesIsNamed) {
  const auto findings = found("PATH-001", config_of(kNetworks + kMembers + server_at("10.1.0.11:444", "    source 10.2.0.128/25\n")), sources("10.0.0.0/8"));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].what, HasSubstr("sources in 10.2.0.128/25 as they are"));
}

TEST(NearMiss, NPathNeedsConnectedMembersAtThePortOfTheVip) {
  const auto findings = [](const std::string& members, const std::string& more) {
    const auto fast = "ltm profile fastl4 /Common/fast {\n    loose-close enabled\n}\n";
    const auto server = server_at("10.1.0.11:444", "    translate-address disabled\n    profiles {\n        /Common/fast { }\n    }\n" + more);
    return found("NPATH-002", config_of(kNetworks + members + fast + server + "net route /Common/far {\n    gw 10.2.0.1\n    network 10.9.0.0/24\n}\n"));
  };
  EXPECT_EQ(findings(kMembers, "").size(), 0u);
  auto far = kMembers, other = kMembers;
  far.replace(far.find("10.2.0.21"), 9, "10.9.0.21");
  other.replace(other.find(":444"), 4, ":8444");
  ASSERT_EQ(findings(far, "").size(), 1u);
  EXPECT_THAT(findings(far, "")[0].what, HasSubstr("its router sends the VIP back"));
  ASSERT_EQ(findings(other, "").size(), 1u);
  EXPECT_THAT(findings(other, "")[0].what, HasSubstr("answers from its own port"));
  EXPECT_EQ(findings(other, "    translate-port disabled\n").size(), 0u);
}

TEST(NearMiss, ADarkRouteIsNoGateway) {
  auto far = kMembers;
  far.replace(far.find("10.2.0.21"), 9, "10.9.0.21");
  const auto route = [](const std::string& how) { return "net route /Common/far {\n    " + how + "\n    network 10.9.0.0/24\n}\n"; };
  EXPECT_EQ(count("PATH-003", kNetworks + far + server_at("10.1.0.11:444", "") + route("gw 10.2.0.1")), 1u);
  EXPECT_EQ(count("PATH-003", kNetworks + far + server_at("10.1.0.11:444", "") + route("blackhole")), 0u);
}

TEST(NearMiss, RoutersBehindAWildcardAreNotNPath) {
  const auto more = "    translate-address disabled\n" + kAutomapped;
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server_at("10.1.0.11:444", more)), 1u);
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server_at("0.0.0.0:0", more + "    mask any\n")), 0u);
  EXPECT_EQ(count("NPATH-002", kNetworks + kMembers + server_at("10.1.0.11:444", "    translate-address disabled\n")), 1u);
  EXPECT_EQ(count("NPATH-002", kNetworks + kMembers + server_at("0.0.0.0:0", "    translate-address disabled\n    mask any\n")), 0u);
}

TEST(NearMiss, AGlobalSnatContradictsNPathWhereItCoversTheSource) {
  const auto server = server_at("10.1.0.11:444", "    translate-address disabled\n");
  const auto snat = [](const std::string& origin) { return "ltm snat /Common/g {\n    automap\n    origins {\n        " + origin + " { }\n    }\n}\n"; };
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server + snat("0.0.0.0/0")), 1u);
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server + snat("10.1.0.0/24")), 0u) << "nobody said who calls";
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server + snat("10.1.0.0/24"), sources("10.1.0.0/25")), 1u);
  EXPECT_EQ(count("NPATH-001", kNetworks + kMembers + server + snat("10.1.0.0/24"), sources("10.3.0.0/25")), 0u);
}

TEST(NearMiss, AProfileThatIsInNoFileMayBeAnything) {
  const auto with = [](const std::string& destination, const std::string& names, const std::string& more = "") {
    return kNetworks + kMembers + server_at(destination, profiles(names) + more);
  };
  EXPECT_EQ(count("TLS-001", with("10.1.0.11:443", "http tcp")), 1u);
  EXPECT_EQ(count("TLS-001", with("10.1.0.11:443", "http tcp mystery")), 0u);
  EXPECT_EQ(count("NPATH-002", with("10.1.0.11:444", "tcp", "    translate-address disabled\n")), 1u);
  EXPECT_EQ(count("NPATH-002", with("10.1.0.11:444", "mystery", "    translate-address disabled\n")), 0u);
  EXPECT_EQ(count("OC-001", with("10.1.0.11:444", "oneconnect tcp")), 1u);
  EXPECT_EQ(count("OC-001", with("10.1.0.11:444", "oneconnect mystery")), 0u);
  const auto cookie = "    persist {\n        /Common/cookie { }\n    }\n";
  EXPECT_EQ(count("PERS-001", with("10.1.0.11:444", "tcp", cookie)), 1u);
  EXPECT_EQ(count("PERS-001", with("10.1.0.11:444", "mystery", cookie)), 0u);
  EXPECT_EQ(count("PERS-001", with("10.1.0.11:444", "fasthttp", cookie)), 0u);
}

TEST(NearMiss, AParentThatIsInNoFileMaySayIt) {
  const auto profile = [](const std::string& kind, const std::string& parent) {
    return "ltm profile " + kind + " /Common/own {\n    defaults-from /Common/" + parent + "\n}\n";
  };
  const auto npath = server_at("10.1.0.11:444", profiles("own") + "    translate-address disabled\n");
  EXPECT_EQ(count("NPATH-002", kNetworks + kMembers + npath + profile("fastl4", "fastL4")), 1u);
  EXPECT_EQ(count("NPATH-002", kNetworks + kMembers + npath + profile("fastl4", "mystery")), 0u);
  const auto tls = server_at("10.1.0.11:444", profiles("own"));
  EXPECT_EQ(count("TLS-004", kNetworks + kMembers + tls + profile("server-ssl", "serverssl")), 1u);
  EXPECT_EQ(count("TLS-004", kNetworks + kMembers + tls + profile("server-ssl", "mystery")), 0u);
}

TEST(NearMiss, ARuleThatSwitchesHttpOffMayLetTlsPass) {
  const auto rule = [](const std::string& body) { return "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    " + body + "\n}\n}\n"; };
  const auto server = server_at("10.1.0.11:443", profiles("http tcp") + "    rules {\n        /Common/r\n    }\n");
  EXPECT_EQ(count("TLS-001", kNetworks + kMembers + server + rule("set x 1")), 1u);
  EXPECT_EQ(count("TLS-001", kNetworks + kMembers + server + rule("HTTP::disable")), 0u);
  EXPECT_EQ(count("TLS-001", kNetworks + kMembers + server), 0u) << "the rule is in no file";
}

TEST(NearMiss, StatedClientsAreNotMeantForForwarders) {
  const auto known = sources("10.1.0.0/25");
  const auto on_servers = std::string("    vlans {\n        /Common/servers\n    }\n    vlans-enabled\n");
  const auto forwarder = "ltm virtual /Common/out {\n    destination /Common/0.0.0.0:0\n    ip-forward\n    mask any\n" + on_servers + "}\n";
  EXPECT_EQ(count("VLAN-001", kNetworks + kMembers + server_at("10.1.0.11:444", on_servers), known), 1u);
  EXPECT_EQ(count("VLAN-001", kNetworks + kMembers + forwarder, known), 0u);
  const auto twin = server_at("10.1.0.11:444", "    vlans {\n        /Common/clients\n    }\n    vlans-enabled\n", "w");
  EXPECT_EQ(count("VLAN-001", kNetworks + kMembers + server_at("10.1.0.11:444", on_servers) + twin, known), 0u) << "another one takes them";
}

TEST(NearMiss, WithATopologyOnlyItsServersAreForItsClients) {
  const auto on_servers = std::string("    vlans {\n        /Common/servers\n    }\n    vlans-enabled\n");
  const auto config = config_of(kNetworks + kMembers + server_at("10.1.0.11:444", "") + server_at("10.1.0.12:444", on_servers, "internal"));
  EXPECT_EQ(found("VLAN-001", config, sources("10.1.0.0/25")).size(), 1u);
  const auto reading = read_topology("hairpin: 1\nname: site\nhosts:\n  client1: { addresses: [10.1.0.10] }\n  m1: { addresses: [10.2.0.21] }\n"
                                     "  bigip: { load_balancer: true, self_ips: [ { address: 10.2.0.4, floating: true } ] }\npools:\n  p:\n    vip: [10.1.0.11]\n"
                                     "    load_balancer: bigip\n    members: [m1]\n    virtual_servers:\n      - { name: v, port: 444, protocol: tcp, expect: { return_path: through_load_balancer } }\n");
  ASSERT_TRUE(reading.topology);
  EXPECT_EQ(found("VLAN-001", config, sources("10.1.0.0/25"), Intent(*reading.topology)).size(), 0u);
}

TEST(NearMiss, FloatingSelfIpsOfV10HaveNoTrafficGroup) {
  const auto text = "self 10.1.0.4 {\n   netmask 255.255.255.0\n   unit 1\n   floating enable\n   vlan internal\n}\n"
                    "pool p {\n   members 10.1.0.21:444 {}\n}\nvirtual v {\n   snat automap\n   pool p\n   destination 10.1.0.11:444\n   ip protocol tcp\n}\n";
  EXPECT_EQ(count("HA-001", text), 0u);
  EXPECT_EQ(count("SNAT-001", text), 0u);
  const auto other = std::string("net vlan /Common/servers { }\nnet self /Common/f {\n    address 10.1.0.4/24\n    traffic-group /Common/traffic-group-2\n    vlan /Common/servers\n}\n") + kMembers;
  EXPECT_EQ(count("HA-001", other + server_at("10.1.0.11:444", kAutomapped)), 1u);
}

TEST(NearMiss, ASnatAddressOfAMemberIsNoFreeOne) {
  const auto with = [](const std::string& address) {
    return kNetworks + kMembers + server_at("10.1.0.11:444", "    source-address-translation {\n        pool /Common/sp\n        type snat\n    }\n") +
           "ltm snatpool /Common/sp {\n    members {\n        /Common/" + address + "\n    }\n}\nltm snat-translation /Common/" + address + " {\n    address " + address + "\n}\n";
  };
  EXPECT_EQ(count("SNAT-004", with("10.2.0.22")), 1u);
  EXPECT_EQ(count("SNAT-004", with("10.2.0.23")), 0u);
}

TEST(NearMiss, WithoutTheFileOfSelfIpsNobodyKnowsWhetherTheFirstRouteDomainIsStrict) {
  auto far = kMembers;
  far.replace(far.find("10.2.0.21"), 9, "10.2.0.21%3");
  const auto with_selfs = found("RD-001", config_of(kNetworks + far + server_at("10.1.0.11:444", "")));
  ASSERT_EQ(with_selfs.size(), 1u);
  EXPECT_EQ(with_selfs[0].severity, Severity::error);
  const auto without = found("RD-001", config_of(far + server_at("10.1.0.11:444", "")));
  ASSERT_EQ(without.size(), 1u);
  EXPECT_EQ(without[0].severity, Severity::warning);
}

TEST(NearMiss, MembersInAnotherAnswerAreNotMissing) {
  const auto pool = [](const std::string& members) {
    return R"([{ "kind": "tm:ltm:pool:poolstate", "name": "p", "fullPath": "/Common/p", "minActiveMembers": 1, "membersReference": { "isSubcollection": true)" + members +
           R"( } }, { "kind": "tm:ltm:virtual:virtualstate", "name": "v", "fullPath": "/Common/v", "destination": "/Common/10.1.0.11:444", "pool": "/Common/p" }])";
  };
  EXPECT_EQ(count("POOL-001", pool(R"(, "items": [])")), 1u);
  EXPECT_EQ(count("POOL-001", pool("")), 0u);
  EXPECT_EQ(count("POOL-002", pool(R"(, "items": [])")), 1u);
  EXPECT_EQ(count("POOL-002", pool("")), 0u);
}

TEST(NearMiss, ServersOfAProtocolAndOfEvery) {
  const auto any = [](const std::string& port) { return "ltm virtual /Common/any {\n    destination /Common/10.1.0.11:" + port + "\n    ip-protocol any\n    pool /Common/p\n}\n"; };
  EXPECT_EQ(count("VS-001", kNetworks + kMembers + server_at("10.1.0.11:444", "") + any("444")), 1u);
  EXPECT_EQ(count("VS-001", kNetworks + kMembers + server_at("10.1.0.11:444", "") + any("445")), 0u);
}

TEST(NearMiss, ASecondProfileIsLookedAtAsWell) {
  const auto own = [](const std::string& name, const std::string& more) {
    return "ltm profile client-ssl /Common/" + name + " {\n    defaults-from /Common/clientssl\n    options none\n" + more + "}\n";
  };
  const auto text = [&](const std::string& second) {
    return kNetworks + kMembers + server_at("10.1.0.11:444", profiles("one two")) + own("one", "") + own("two", second);
  };
  EXPECT_EQ(count("TLS-003", text("    peer-cert-mode require\n")), 1u);
  EXPECT_EQ(count("TLS-003", text("")), 0u);
  EXPECT_EQ(count("TLS-006", text("    ciphers DEFAULT:RC4-SHA\n")), 1u);
  EXPECT_EQ(count("TLS-006", text("")), 0u);
}

TEST(NearMiss, ACipherGroupCountsInsteadOfTheString) {
  const auto text = [](const std::string& group, const std::string& ciphers, const std::string& rule) {
    return kNetworks + kMembers + server_at("10.1.0.11:444", profiles("own")) + "ltm profile client-ssl /Common/own {\n    cipher-group " + group +
           "\n    ciphers " + ciphers + "\n    defaults-from /Common/clientssl\n    options none\n}\nltm cipher rule /Common/r {\n    cipher " + rule +
           "\n}\nltm cipher group /Common/g {\n    allow {\n        /Common/r { }\n    }\n}\n";
  };
  EXPECT_EQ(count("TLS-006", text("none", "DEFAULT:RC4", "DEFAULT")), 1u);
  EXPECT_EQ(count("TLS-006", text("/Common/g", "DEFAULT:RC4", "DEFAULT")), 0u);
  EXPECT_EQ(count("TLS-006", text("/Common/g", "none", "DEFAULT:RC4")), 1u);
}

TEST(NearMiss, WhatADataGroupOrACallNamesIsUsed) {
  const auto unused = "ltm pool /Common/blue {\n    monitor /Common/tcp\n}\n";
  const auto base = kNetworks + kMembers + server_at("10.1.0.11:444", "") + unused;
  const auto about = [](const std::string& text, std::string_view name) {
    const auto config = config_of(text);
    const auto findings = found("REF-001", config);
    return std::count_if(findings.begin(), findings.end(), [&](const auto& each) { return each.object->name == name && each.what.find("nothing") == 0; });
  };
  EXPECT_EQ(about(base, "/Common/blue"), 1);
  EXPECT_EQ(about(base + "ltm data-group internal /Common/d {\n    records {\n        host1 {\n            data blue\n        }\n    }\n    type string\n}\n", "/Common/blue"), 0);
  EXPECT_EQ(about(base + "ltm data-group external /Common/d {\n    external-file-name /Common/f\n}\n", "/Common/blue"), 0);
  const auto library = "ltm rule /Common/library {\nproc choose {} {\n    return 1\n}\n}\n";
  const auto caller = [](const std::string& body) {
    return "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    " + body + "\n}\n}\n" + server_at("10.1.0.12:444", "    rules {\n        /Common/r\n    }\n", "w");
  };
  EXPECT_EQ(about(base + library + caller("set x 1"), "/Common/library"), 1);
  EXPECT_EQ(about(base + library + caller("call /Common/library::choose"), "/Common/library"), 0);
  EXPECT_EQ(about(base + library + caller("call library::choose"), "/Common/library"), 0);
}

TEST(NearMiss, AnLsnPoolIsNoSnatPool) {
  const auto server = server_at("10.1.0.11:444", "    source-address-translation {\n        pool /Common/l\n        type lsn\n    }\n");
  const auto about_pool = [](const std::string& text) {
    std::size_t count = 0;
    for (const auto& each : found("REF-001", config_of(text))) count += each.what.find("/Common/l") != std::string::npos;
    return count;
  };
  EXPECT_EQ(about_pool(kNetworks + kMembers + server + "ltm lsn-pool /Common/l { }\n"), 0u);
  EXPECT_EQ(about_pool(kNetworks + kMembers + server), 1u);
}

}  // namespace
}  // namespace hairpin::f5

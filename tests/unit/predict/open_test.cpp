// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <set>

#include "site.hpp"
#include "topology/predict/of_topology.hpp"
#include "topology/yaml.hpp"

/// What a configuration does not settle although it looks as if it did.
namespace hairpin::f5 {
namespace {

using testing::HasSubstr;
using enum PathVerdict;

TEST(PredictNoMore, AMemberThatIsAVirtualServerIsNoHost) {
  const auto second = "ltm virtual /Common/inner {\n    destination /Common/10.137.2.21:444\n    ip-protocol tcp\n    mask 255.255.255.255\n    pool /Common/q\n}\n"
                      "ltm pool /Common/q {\n    members {\n        /Common/web:80 {\n            address 10.137.2.40\n        }\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + server("") + second);
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  const auto* inner = path(predictions, "10.137.1.0/24", "oc01");
  EXPECT_EQ(inner->verdict, unknown);
  EXPECT_EQ(inner->snat, SnatKind::unknown);
  EXPECT_THAT(reasons(config, *inner), HasSubstr("the member 10.137.2.21 is an address of this BIG-IP itself"));
  EXPECT_EQ(path(predictions, "10.137.1.0/24", "oc02")->verdict, needs_probe) << "the neighbour is a host";
  const auto disabled = config_of(kSelfs + kFloating + pool() + server("") + "ltm virtual /Common/off {\n    destination /Common/10.137.2.21:444\n    disabled\n}\n");
  EXPECT_EQ(path(predict(disabled, clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict, needs_probe);
}

TEST(PredictNoMore, ASelfIpAsSourceIsNoNeighbour) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(""));
  EXPECT_EQ(path(predict(config, clients("10.137.2.4/32")), "10.137.2.4/32", "oc01")->verdict, unknown);
  EXPECT_EQ(path(predict(config, clients("10.137.2.6/32")), "10.137.2.6/32", "oc01")->verdict, asymmetric_certain);
}

TEST(PredictNoMore, WhatAfmTranslatesIsUnknown) {
  for (const std::string said : {"        policy /Common/n\n", "        use-device-policy yes\n"}) {
    const auto config = config_of(kSelfs + kFloating + pool() + server("    security-nat-policy {\n" + said + "    }\n"));
    const auto first = predict(config, {}).paths.at(0);
    EXPECT_EQ(first.verdict, unknown) << said;
    EXPECT_EQ(first.without_rules, asymmetric_certain);
    EXPECT_EQ(first.snat, SnatKind::unknown);
  }
  const auto domain = "net route-domain /Common/0 {\n    id 0\n    security-nat-policy /Common/n\n}\n";
  EXPECT_EQ(predict(config_of(kSelfs + kFloating + pool() + server("") + domain), {}).paths.at(0).verdict, unknown);
  const auto none = config_of(kSelfs + kFloating + pool() + server("    security-nat-policy {\n        policy none\n        use-device-policy no\n    }\n"));
  EXPECT_EQ(predict(none, {}).paths.at(0).verdict, asymmetric_certain);
}

TEST(PredictNoMore, AWildcardInFrontOfRoutersIsNotNPath) {
  const auto wildcard = [](const std::string& snat) {
    return "ltm virtual /Common/out {\n    destination /Common/0.0.0.0:0\n    mask any\n    pool /Common/p\n    translate-address disabled\n    translate-port disabled\n" + snat + "}\n";
  };
  for (const auto& snat : {std::string(), kAutomap}) {
    const auto config = config_of(kSelfs + kFloating + pool() + wildcard(snat));
    const auto predictions = predict(config, clients("10.137.1.0/24"));
    EXPECT_EQ(path(predictions, "10.137.1.0/24", "oc01")->verdict, needs_probe) << snat;
    EXPECT_THAT(reasons(config, predictions.paths.at(0)), HasSubstr("is a router on the way"));
  }
}

TEST(PredictNoMore, ASnatAddressThatIsAMembersIsProbed) {
  const auto near = "ltm snatpool /Common/sp {\n    members {\n        /Common/10.137.2.22\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + server(kSnatPool) + near);
  const auto predictions = predict(config, {});
  EXPECT_EQ(predictions.paths.at(0).verdict, needs_probe);
  EXPECT_THAT(reasons(config, predictions.paths[0]), HasSubstr("10.137.2.22 is a member's own address as well"));
}

TEST(PredictNoMore, AStatedGatewayHasToMoveWithTheVirtualAddress) {
  auto known = clients("10.137.1.0/24");
  known.gateways = {{*parse_prefix("10.137.2.0/24"), *parse_address("10.137.2.4")}};
  const auto verdict = [&](const std::string& text) { return predict(config_of(text), known).paths.at(0).verdict; };
  auto other = kFloating;
  other.replace(other.find("traffic-group-1"), 15, "traffic-group-2");
  EXPECT_EQ(verdict(kSelfs + kFloating + pool() + server("")), symmetric);
  EXPECT_EQ(verdict(kSelfs + other + pool() + server("")), needs_probe) << "in another traffic group";
  known.gateways[0].gateway = *parse_address("10.137.2.5");
  EXPECT_EQ(verdict(kSelfs + kFloating + pool() + server("")), needs_probe) << "one unit's own, of two";
  EXPECT_EQ(verdict(kSelfs + pool() + server("")), symmetric) << "there is one unit only";
}

TEST(PredictNoMore, AStrictRouteDomainHandsNothingOver) {
  const auto other = "net self /Common/far {\n    address 10.137.3.4%2/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/far\n}\nnet vlan /Common/far { }\n";
  const auto in_other = pool("", "10.137.3.21%2");
  const auto domain = [](const std::string& more) { return "net route-domain /Common/0 {\n    id 0\n" + more + "}\n"; };
  const auto verdict = [&](const std::string& text) {
    return path(predict(config_of(kSelfs + kFloating + other + in_other + server(kAutomap) + text), clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict;
  };
  EXPECT_EQ(verdict(domain("")), unknown);
  EXPECT_EQ(verdict(domain("    strict disabled\n")), symmetric);
  const auto predictions = predict(config_of(kSelfs + kFloating + other + in_other + server(kAutomap) + domain("    strict disabled\n")), {});
  for (const auto& each : predictions.paths) EXPECT_NE(each.source, "oc01") << "it is in another route domain than the virtual server";
  ASSERT_EQ(predictions.left_out.size(), 1u);
  EXPECT_EQ(predictions.left_out[0].source, "oc01");
}

TEST(PredictNoMore, AGlobalSnatIsForTcpAndUdpUnlessTheDbSaysOtherwise) {
  const auto snat = "ltm snat /Common/all {\n    origins {\n        0.0.0.0/0 { }\n    }\n    automap\n}\n";
  auto sctp = server("");
  sctp.replace(sctp.find("protocol tcp"), 12, "protocol sctp");
  EXPECT_EQ(predict(config_of(kSelfs + kFloating + pool() + server("") + snat), {}).paths.at(0).snat, SnatKind::automap);
  EXPECT_EQ(predict(config_of(kSelfs + kFloating + pool() + sctp + snat), {}).paths.at(0).snat, SnatKind::unknown);
  const auto all = "sys db snat.anyipprotocol {\n    value \"enable\"\n}\n";
  EXPECT_EQ(predict(config_of(kSelfs + kFloating + pool() + sctp + snat + all), {}).paths.at(0).snat, SnatKind::automap);
}

TEST(PredictNoMore, ARouteByAPoolOrIntoTheDark) {
  const auto by_pool = "net route /Common/far {\n    network 10.9.0.0/24\n    pool /Common/routers\n}\nltm pool /Common/routers {\n    members {\n        /Common/r:0 {\n            address 10.137.2.1\n        }\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + by_pool + pool("", "10.9.0.21") + server(""));
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  EXPECT_EQ(path(predictions, "10.137.1.0/24", "oc01")->verdict, asymmetric_likely);
  EXPECT_THAT(reasons(config, *path(predictions, "10.137.1.0/24", "oc01")), HasSubstr("behind a gateway of the pool /Common/routers"));
  const auto dark = config_of(kSelfs + kFloating + "net route /Common/far {\n    blackhole\n    network 10.9.0.0/24\n}\n" + pool("", "10.9.0.21") + server(""));
  const auto dropped = predict(dark, clients("10.137.1.0/24"));
  EXPECT_EQ(path(dropped, "10.137.1.0/24", "oc01")->verdict, unknown);
  EXPECT_THAT(reasons(dark, *path(dropped, "10.137.1.0/24", "oc01")), HasSubstr("the route /Common/far drops what goes to the member"));
}

TEST(PredictNoMore, APoolWhoseMembersAreInAnotherAnswerIsNotEmpty) {
  const auto config = config_of(R"([{ "kind": "tm:ltm:pool:poolstate", "name": "p", "fullPath": "/Common/p", "membersReference": { "link": "x", "isSubcollection": true } },
    { "kind": "tm:ltm:virtual:virtualstate", "name": "v", "fullPath": "/Common/v", "destination": "/Common/10.0.0.1:443", "pool": "/Common/p" }])");
  const auto predictions = predict(config, {});
  ASSERT_EQ(predictions.left_out.size(), 1u);
  EXPECT_EQ(predictions.left_out[0].why, "the members of its pool /Common/p are not in this answer of iControl REST");
}

TEST(PredictNoMore, ARuleMayHaveItsCommandInAVariable) {
  const auto with = [](const std::string& body) {
    const auto config = config_of(kSelfs + kFloating + pool() + server(kAutomap + "    rules {\n        /Common/r\n    }\n") + "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    " + body + "\n}\n}\n");
    return path(predict(config, clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict;
  };
  EXPECT_EQ(with("set x 1"), symmetric);
  EXPECT_EQ(with("if {$x} { set y 1 }"), symmetric);
  for (const auto* body : {"$static::c none", "\"snat\" none", "if {1} \"pool other\"", "HTTP::proxy dest 10.9.0.1", "CONNECTOR::enable"}) EXPECT_EQ(with(body), unknown) << body;
}

TEST(PredictNoMore, TheTopologySaysWhoCallsEachPool) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(""));
  const auto sources = [&](const std::string& line) {
    const auto reading = read_topology("hairpin: 1\nname: site\nhosts:\n  c: { addresses: [10.137.1.10] }\n  m: { addresses: [10.137.2.21] }\n"
                                       "  bigip: { load_balancer: true, self_ips: [ { address: 10.137.2.4, floating: true } ] }\npools:\n  p:\n    vip: [10.137.2.11]\n    load_balancer: bigip\n"
                                       "    members: [m]\n" + line + "    virtual_servers:\n      - { name: v, port: 444, protocol: tcp, expect: { return_path: through_load_balancer } }\n");
    EXPECT_TRUE(reading.topology) << (reading.problems.empty() ? "" : describe(reading.problems.front(), "t"));
    std::set<std::string> names;
    for (const auto& each : predict(config, reading.topology ? known_of(*reading.topology) : Known()).paths) names.insert(each.source);
    return names;
  };
  EXPECT_THAT(sources(""), testing::UnorderedElementsAre("c", "m", "oc02"));
  EXPECT_THAT(sources("    sources: [c]\n"), testing::UnorderedElementsAre("c", "oc02")) << "oc02 is no host of the topology";
  auto known = clients("10.137.2.21/32");
  known.callers[{*parse_address("10.137.2.11"), 444}] = {"c"};
  EXPECT_FALSE(predict(config, known).paths.empty());
  EXPECT_EQ(path(predict(config, known), "10.137.2.21/32", "oc01")->verdict, asymmetric_certain) << "who is named on the command line calls";
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "site.hpp"

namespace hairpin::f5 {
namespace {

using testing::HasSubstr;
using enum PathVerdict;

TEST(Predict, TheSeedCaseIsAsymmetricForCertain) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(""));
  const auto predictions = predict(config, {});
  ASSERT_EQ(predictions.paths.size(), 4u);
  for (const auto& each : predictions.paths) {
    EXPECT_EQ(each.verdict, asymmetric_certain);
    EXPECT_EQ(each.snat, SnatKind::none);
    EXPECT_TRUE(each.is_member);
  }
  EXPECT_THAT(reasons(config, *path(predictions, "oc01", "oc02")), HasSubstr("10.137.2.21/32 is in the member's own network 10.137.2.0/24"));
  EXPECT_THAT(reasons(config, *path(predictions, "oc01", "oc01")), HasSubstr("is the member itself"));
}

TEST(Predict, AutomapMendsTheSeedCaseWithTheFloatingSelfIp) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(kAutomap));
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  ASSERT_EQ(predictions.paths.size(), 6u);
  for (const auto& each : predictions.paths) {
    EXPECT_EQ(each.verdict, symmetric) << reasons(config, each);
    ASSERT_EQ(each.seen_as.size(), 1u);
    EXPECT_EQ(to_string(each.seen_as[0]), "10.137.2.4");
  }
}

TEST(Predict, AutomapWithoutFloatingTakesTheUnitsOwn) {
  const auto config = config_of(kSelfs + pool() + server(kAutomap));
  const auto predictions = predict(config, {});
  EXPECT_EQ(predictions.paths[0].verdict, symmetric);
  EXPECT_EQ(to_string(predictions.paths[0].seen_as.at(0)), "10.137.2.5");
}

TEST(Predict, AutomapBeyondTheDocumentedOrderIsProbed) {
  const auto elsewhere = "net self /Common/clients_float {\n    address 10.137.1.4/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/clients\n}\n";
  const auto config = config_of(kSelfs + elsewhere + pool() + server(kAutomap));
  const auto predictions = predict(config, {});
  EXPECT_EQ(predictions.paths[0].verdict, needs_probe);
  EXPECT_EQ(predictions.paths[0].seen_as.size(), 2u);
}

TEST(Predict, WithoutSelfIpsNothingIsGuessed) {
  const auto config = config_of(pool() + server(kAutomap));
  EXPECT_EQ(predict(config, clients("10.137.1.0/24")).paths.at(0).verdict, unknown);
  const auto none = config_of(pool() + server(""));
  const auto predictions = predict(none, clients("10.137.1.0/24"));
  EXPECT_EQ(path(predictions, "10.137.1.0/24", "oc01")->verdict, unknown);
  EXPECT_THAT(reasons(none, predictions.paths[0]), HasSubstr("no self IP"));
  const auto pooled = config_of(pool() + server(kSnatPool) + "ltm snatpool /Common/sp {\n    members {\n        /Common/10.137.2.201\n    }\n}\n");
  EXPECT_EQ(predict(pooled, {}).paths.at(0).verdict, unknown);
}

TEST(Predict, RoutedClientsDependOnTheMembersGateway) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(""));
  auto known = clients("10.137.1.0/24");
  EXPECT_EQ(predict(config, known).paths.at(0).verdict, needs_probe);
  known.gateways = {{*parse_prefix("10.137.2.0/24"), *parse_address("10.137.2.4")}};
  EXPECT_EQ(predict(config, known).paths.at(0).verdict, symmetric);
  known.gateways = {{*parse_prefix("10.137.2.0/24"), *parse_address("10.137.2.1")}};
  EXPECT_EQ(predict(config, known).paths.at(0).verdict, asymmetric_likely);
}

TEST(Predict, ASourceThatHoldsTheMembersNetworkIsTwo) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(""));
  const auto predictions = predict(config, clients("10.137.0.0/16"));
  EXPECT_EQ(path(predictions, "10.137.2.0/24 in 10.137.0.0/16", "oc01")->verdict, asymmetric_certain);
  EXPECT_EQ(path(predictions, "10.137.0.0/16 without 10.137.2.0/24", "oc01")->verdict, needs_probe);
}

TEST(Predict, PoolsAllowSnatNoWins) {
  const auto config = config_of(kSelfs + kFloating + pool("    allow-snat no\n") + server(kAutomap));
  const auto predictions = predict(config, {});
  EXPECT_EQ(predictions.paths[0].snat, SnatKind::none);
  EXPECT_EQ(predictions.paths[0].verdict, asymmetric_certain);
  EXPECT_THAT(reasons(config, predictions.paths[0]), HasSubstr("allow-snat no overrides"));
}

TEST(Predict, AGlobalSnatTranslatesWhatHasNoneOfItsOwn) {
  const auto snat = "ltm snat /Common/all {\n    origins {\n        10.137.2.0/24 { }\n    }\n    translation /Common/10.137.2.200\n}\nltm snat-translation /Common/10.137.2.200 {\n    address 10.137.2.200\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + server("") + snat);
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  EXPECT_EQ(path(predictions, "oc01", "oc02")->verdict, symmetric);
  EXPECT_EQ(to_string(path(predictions, "oc01", "oc02")->seen_as.at(0)), "10.137.2.200");
  EXPECT_EQ(path(predictions, "10.137.1.0/24", "oc02")->snat, SnatKind::none);
  const auto own = config_of(kSelfs + kFloating + pool() + server(kAutomap) + snat);
  EXPECT_EQ(predict(own, {}).paths[0].snat, SnatKind::automap);
}

TEST(Predict, AGlobalSnatForAPartOfTheSourceIsUnknown) {
  const auto snat = "ltm snat /Common/some {\n    automap\n    origins {\n        10.137.1.128/25 { }\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + server("") + snat);
  EXPECT_EQ(predict(config, clients("10.137.1.0/24")).paths.at(0).verdict, unknown);
}

TEST(Predict, ASnatPoolInTheMembersNetworkComesBack) {
  const auto near = "ltm snatpool /Common/sp {\n    members {\n        /Common/10.137.2.201\n    }\n}\nltm snat-translation /Common/10.137.2.201 {\n    address 10.137.2.201\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + server(kSnatPool) + near);
  EXPECT_EQ(predict(config, {}).paths[0].verdict, symmetric);
  auto far = std::string(near);
  for (auto at = far.find("10.137.2.201"); at != std::string::npos; at = far.find("10.137.2.201")) far.replace(at, 12, "10.99.99.201");
  const auto other = config_of(kSelfs + kFloating + pool() + server(kSnatPool) + far);
  EXPECT_EQ(predict(other, {}).paths[0].verdict, needs_probe);
  const auto silent = config_of(kSelfs + kFloating + pool() + server(kSnatPool) + near + "ltm snat-translation /Common/10.137.2.201 {\n    address 10.137.2.201\n    arp disabled\n}\n");
  EXPECT_EQ(predict(silent, {}).paths[0].verdict, needs_probe);
}

TEST(Predict, NPathIsByDesignAndContradictsSnat) {
  const auto config = config_of(kSelfs + kFloating + pool() + server("    translate-address disabled\n"));
  EXPECT_EQ(predict(config, clients("10.137.1.0/24")).paths.at(0).verdict, dsr_by_design);
  const auto both = config_of(kSelfs + kFloating + pool() + server("    translate-address disabled\n" + kAutomap));
  EXPECT_EQ(predict(both, {}).paths.at(0).verdict, unknown);
}

TEST(Predict, AnIRuleThatChoosesMakesItUnknownAndTheRestIsSaid) {
  const auto rule = "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    snat automap\n}\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + rule + server("    rules {\n        /Common/r\n    }\n"));
  const auto predictions = predict(config, {});
  EXPECT_EQ(predictions.paths[0].verdict, unknown);
  EXPECT_EQ(predictions.paths[0].without_rules, asymmetric_certain);
  EXPECT_EQ(predictions.paths[0].snat, SnatKind::unknown);
  EXPECT_THAT(reasons(config, predictions.paths[0]), HasSubstr("snat automap in CLIENT_ACCEPTED"));
}

TEST(Predict, AnIRuleThatMayChooseMakesItUnknown) {
  for (const std::string command : {"LB::snat automap", "LB::connect", "use snat automap", "lasthop /Common/servers 10.137.2.1", "clone pool /Common/q",
                                    "call /Common/library::choose", "eval $code", "uplevel 1 $code", "subst $code",
                                    "log local0. \"[snat automap]\"", "set quote {\"}\n snat automap\n set x \"\""}) {
    const auto rule = "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    " + command + "\n}\n}\n";
    const auto config = config_of(kSelfs + kFloating + pool() + rule + server("    rules {\n        /Common/r\n    }\n"));
    EXPECT_EQ(predict(config, {}).paths.at(0).verdict, unknown) << command;
  }
}

Config with_rule_of_as3(const std::string& text) {
  return config_of(R"({ "class": "ADC", "schemaVersion": "3.50.0", "T": { "class": "Tenant", "A": { "class": "Application",
      "v": { "class": "Service_TCP", "virtualAddresses": ["10.137.2.11"], "virtualPort": 444, "snat": "none", "pool": "p", "iRules": ["r"] },
      "p": { "class": "Pool", "members": [{ "servicePort": 444, "serverAddresses": ["10.137.2.21"] }] },
      "r": { "class": "iRule", "iRule": )" + text + " } } } }");
}

TEST(Predict, AnIRuleWhoseTextIsNotThereMakesItUnknown) {
  for (const std::string text : {R"({ "base64": "no base64" })", R"({ "url": "https://files.example/r.tcl" })"}) {
    const auto config = with_rule_of_as3(text);
    const auto predictions = predict(config, {});
    EXPECT_EQ(predictions.paths.at(0).verdict, unknown);
    EXPECT_EQ(predictions.paths.at(0).snat, SnatKind::unknown);
    EXPECT_THAT(reasons(config, predictions.paths[0]), HasSubstr("may change it: text that is elsewhere"));
  }
}

TEST(Predict, AnIRuleInBase64IsRead) {
  // when CLIENT_ACCEPTED { snat automap }, and the same with `set x 1`
  const auto chooses = with_rule_of_as3(R"({ "base64": "d2hlbiBDTElFTlRfQUNDRVBURUQgeyBzbmF0IGF1dG9tYXAgfQ==" })");
  EXPECT_THAT(reasons(chooses, predict(chooses, {}).paths.at(0)), HasSubstr("may change it: snat automap in CLIENT_ACCEPTED"));
  const auto looks = with_rule_of_as3(R"({ "base64": "d2hlbiBDTElFTlRfQUNDRVBURUQgeyBzZXQgeCAxIH0=" })");
  EXPECT_EQ(predict(looks, {}).paths.at(0).verdict, asymmetric_certain);
}

TEST(Predict, AnIRulesArgumentIsShownOnlyIfItIsAName) {
  const auto what = [](const std::string& command) {
    const auto config = config_of("ltm rule /Common/r {\nwhen HTTP_REQUEST {\n    " + command + "\n}\n}\n" + pool() + server("    rules {\n        /Common/r\n    }\n"));
    const auto found = overrides(config, *config.virtuals.find("/Common/v"));
    return found.empty() ? "" : found.front().what;
  };
  EXPECT_EQ(what("snatpool /Common/sp"), "snatpool /Common/sp in HTTP_REQUEST");
  EXPECT_EQ(what("call login hunter2"), "call […] in HTTP_REQUEST");
  EXPECT_EQ(what("pool [expr {$key eq \"hunter2\"}]"), "pool […] in HTTP_REQUEST");
  EXPECT_EQ(what("eval hunter2"), "eval […] in HTTP_REQUEST");
}

TEST(Predict, AnIRuleThatOnlyLooksChangesNothing) {
  const auto rule = "ltm rule /Common/r {\nwhen HTTP_REQUEST {\n    HTTP::header insert X-Forwarded-For [IP::client_addr]\n    pool p\n}\n}\n";
  const auto config = config_of(kSelfs + kFloating + pool() + rule + server("    rules {\n        /Common/r\n    }\n"));
  EXPECT_EQ(predict(config, {}).paths[0].verdict, asymmetric_certain);
}

TEST(Predict, MembersBehindAGatewayAreLikelyAsymmetric) {
  const auto route = "net route /Common/far {\n    gw 10.137.2.1\n    network 10.9.0.0/24\n}\n";
  const auto config = config_of(kSelfs + kFloating + route + pool("", "10.9.0.21") + server(""));
  EXPECT_EQ(path(predict(config, clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict, asymmetric_likely);
}

TEST(Predict, MembersInTwoNetworksAreNotNeighbours) {
  const auto config = config_of(kSelfs + kFloating + pool("", "10.137.1.21") + server(""));
  EXPECT_EQ(path(predict(config, {}), "oc01", "oc02")->verdict, needs_probe);
  EXPECT_EQ(path(predict(config, {}), "oc01", "oc01")->verdict, asymmetric_certain);
}

TEST(Predict, AServerTakesItsOwnSourcesAndVlansOnly) {
  const auto config = config_of(kSelfs + kFloating + pool() + server("    source 10.137.1.0/24\n" + kAutomap));
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  EXPECT_EQ(predictions.paths.size(), 2u);
  EXPECT_EQ(predictions.left_out.size(), 2u);
  const auto vlans = config_of(kSelfs + kFloating + pool() + server(kAutomap + "    vlans {\n        /Common/servers\n    }\n    vlans-enabled\n"));
  EXPECT_EQ(predict(vlans, clients("10.137.1.0/24")).paths.size(), 4u);
}

TEST(Predict, WithoutLastHopTheRoutesDecide) {
  const auto config = config_of(kSelfs + kFloating + pool() + server(kAutomap + "    auto-lasthop disabled\n"));
  EXPECT_EQ(predict(config, clients("10.137.1.0/24")).paths.at(0).verdict, symmetric) << "connected";
  EXPECT_EQ(predict(config, clients("192.0.2.0/24")).paths.at(0).verdict, needs_probe);
}

TEST(Predict, ASnatThatIsNotUnderstoodIsUnknown) {
  const auto config = config_of(kSelfs + kFloating + pool() + server("    source-address-translation {\n        type foo\n    }\n"));
  EXPECT_EQ(predict(config, {}).paths.at(0).verdict, unknown);
  EXPECT_EQ(predict(config, {}).paths.at(0).snat, SnatKind::unknown);
  const auto as3 = config_of(R"({ "class": "ADC", "schemaVersion": "3.50.0", "T": { "class": "Tenant", "A": { "class": "Application",
    "v": { "class": "Service_TCP", "virtualAddresses": ["10.137.2.11"], "virtualPort": 444, "snat": "xyz", "pool": "p" },
    "p": { "class": "Pool", "members": [{ "servicePort": 444, "serverAddresses": ["10.137.2.21"] }] } } } })");
  EXPECT_EQ(predict(as3, {}).paths.at(0).verdict, unknown);
}

TEST(Predict, ASourceWiderThanTheConnectedNetworkIsNotConnected) {
  const auto near = "net self /Common/near {\n    address 10.138.0.5/24\n    vlan /Common/clients\n}\n";
  const auto config = config_of(kSelfs + kFloating + near + pool() + server(kAutomap + "    auto-lasthop disabled\n"));
  EXPECT_EQ(predict(config, clients("10.138.0.0/16")).paths.at(0).verdict, needs_probe);
}

TEST(Predict, AMemberThatIsANameSaysNothingOfSnat) {
  const auto named = "ltm pool /Common/p {\n    members {\n        /Common/web:444 {\n            fqdn {\n                name web.example.com\n            }\n        }\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + named + server(kAutomap));
  const auto predictions = predict(config, clients("10.137.1.0/24"));
  EXPECT_EQ(predictions.paths.at(0).verdict, unknown);
  EXPECT_EQ(predictions.paths.at(0).snat, SnatKind::unknown);
}

TEST(Predict, ADisabledTranslationIsUnknown) {
  const auto translation = "ltm snat-translation /Common/t {\n    address 10.137.2.30\n    disabled\n}\n";
  const auto in_pool = "ltm snatpool /Common/sp {\n    members {\n        /Common/t\n    }\n}\n";
  const auto config = config_of(kSelfs + kFloating + translation + in_pool + pool() + server(kSnatPool));
  EXPECT_EQ(predict(config, {}).paths.at(0).verdict, unknown);
  const auto global = "ltm snat /Common/g {\n    origins {\n        0.0.0.0/0 { }\n    }\n    translation /Common/t\n}\n";
  const auto without = config_of(kSelfs + kFloating + translation + global + pool() + server(""));
  EXPECT_EQ(predict(without, {}).paths.at(0).verdict, unknown);
}

TEST(Predict, DisabledForwardingAndEmptyAreLeftOutByName) {
  const auto config = config_of(kSelfs + pool() + server("    disabled\n") + "ltm virtual /Common/f {\n    destination /Common/0.0.0.0:0\n    ip-forward\n    mask any\n}\n");
  const auto predictions = predict(config, {});
  EXPECT_TRUE(predictions.paths.empty());
  ASSERT_EQ(predictions.left_out.size(), 2u);
  EXPECT_EQ(predictions.left_out[0].why, "it is disabled");
  EXPECT_THAT(predictions.left_out[1].why, HasSubstr("forwards"));
}

}  // namespace
}  // namespace hairpin::f5

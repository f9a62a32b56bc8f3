// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "site.hpp"

/// Which of several virtual servers a connection meets, and what is off.
namespace hairpin::f5 {
namespace {

using testing::HasSubstr;
using enum PathVerdict;

std::string other(const std::string& endpoint, const std::string& more) {
  return "ltm virtual /Common/other {\n    destination /Common/" + endpoint + "\n    mask 255.255.255.255\n    pool /Common/p\n" + more + "}\n";
}
const std::string kSite = kSelfs + kFloating + pool();

const LeftOut* left_out(const Predictions& predictions, const std::string& server) {
  for (const auto& each : predictions.left_out)
    if (each.server->name == "/Common/" + server) return &each;
  return nullptr;
}

TEST(Precedence, ANarrowerSourceTakesItsConnections) {
  const auto config = config_of(kSite + server(kAutomap) + other("10.137.2.11:444", "    ip-protocol tcp\n    source 10.137.1.0/24\n"));
  const auto predictions = predict(config, clients("10.137.1.7/32"));
  std::size_t of_wide = 0;
  for (const auto& each : predictions.paths)
    if (each.source == "10.137.1.7/32") of_wide += each.server->name == "/Common/v";
  EXPECT_EQ(of_wide, 0u) << "only the narrow one has it";
  const auto& left = predictions.left_out;
  EXPECT_TRUE(std::any_of(left.begin(), left.end(), [](const LeftOut& each) { return each.standing == Standing::elsewhere && each.why.find("/Common/other") != std::string::npos; }));
}

TEST(Precedence, APartOfTheSourceGoesElsewhere) {
  const auto config = config_of(kSite + server(kAutomap) + other("10.137.2.11:444", "    ip-protocol tcp\n    source 10.9.1.0/24\n"));
  const auto predictions = predict(config, clients("10.9.0.0/16"));
  const auto* wide = path(predictions, "10.9.0.0/16 without 10.9.1.0/24", "oc01");
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->server->name, "/Common/v");
  EXPECT_THAT(reasons(config, *wide), HasSubstr("go to the virtual server /Common/other"));
  EXPECT_TRUE(path(predictions, "10.9.1.0/24 of 10.9.0.0/16", "oc01")) << "a row says which part the server takes";
}

TEST(Precedence, APortOfItsOwnIsExcludedFromAllPorts) {
  const auto config = config_of(kSite + other("10.137.2.11:0", "    ip-protocol tcp\n") + server(kAutomap));
  const auto predictions = predict(config, {});
  for (const auto& each : predictions.paths) {
    EXPECT_EQ(each.verdict, each.server->name == "/Common/v" ? symmetric : asymmetric_certain);
    const auto said = reasons(config, each);
    EXPECT_EQ(said.find("some go to the virtual server /Common/v") != std::string::npos, each.server->name == "/Common/other") << said;
  }
}

TEST(Precedence, OtherProtocolsSourcesAndVlansAreNoRivals) {
  for (const std::string more : {"    ip-protocol udp\n", "    ip-protocol tcp\n    disabled\n", "    ip-protocol tcp\n    source 10.9.0.0/16\n",
                                 "    ip-protocol tcp\n    source 10.137.2.0/24\n    vlans {\n        /Common/clients\n    }\n    vlans-enabled\n"}) {
    const auto config = config_of(kSite + server(kAutomap) + other("10.137.2.11:444", more));
    const auto predictions = predict(config, {});
    std::size_t of_v = 0;
    for (const auto& each : predictions.paths) of_v += each.server->name == "/Common/v" && each.verdict == symmetric;
    EXPECT_EQ(of_v, 4u) << more;
  }
}

TEST(Precedence, TwoOfOneRankAreNotGuessed) {
  const auto config = config_of(kSite + server(kAutomap) + other("10.137.2.11:444", ""));
  const auto predictions = predict(config, {});
  for (const auto& each : predictions.paths) {
    EXPECT_EQ(each.verdict, unknown);
    EXPECT_THAT(reasons(config, each), HasSubstr("may take these connections as well"));
  }
}

TEST(Off, ADisabledVirtualAddressServesNobody) {
  const auto address = [](const std::string& more) { return "ltm virtual-address /Common/10.137.2.11 {\n    address 10.137.2.11\n" + more + "}\n"; };
  EXPECT_EQ(predict(config_of(kSite + server(kAutomap) + address("")), {}).paths.size(), 4u);
  const auto config = config_of(kSite + server(kAutomap) + address("    enabled no\n"));
  const auto predictions = predict(config, {});
  EXPECT_TRUE(predictions.paths.empty());
  ASSERT_TRUE(left_out(predictions, "v"));
  EXPECT_EQ(left_out(predictions, "v")->standing, Standing::not_met);
}

TEST(Off, DisabledMembersGetNothingButWhatPersists) {
  const auto off = [](const std::string& how) {
    auto text = pool();
    text.insert(text.find("            address 10.137.2.22"), how);
    return kSelfs + kFloating + text;
  };
  const std::string disabled = "            session user-disabled\n", down = "            session user-disabled\n            state user-down\n";
  EXPECT_EQ(predict(config_of(off(disabled) + server(kAutomap)), {}).paths.size(), 2u) << "two sources, one member";
  const auto persist = server(kAutomap + "    persist {\n        /Common/source_addr {\n            default yes\n        }\n    }\n");
  EXPECT_EQ(predict(config_of(off(disabled) + persist), {}).paths.size(), 4u);
  EXPECT_EQ(predict(config_of(off(down) + persist), {}).paths.size(), 2u);
  const auto config = config_of(off(disabled) + server(kAutomap));
  const auto predictions = predict(config, {});
  ASSERT_TRUE(left_out(predictions, "v"));
  EXPECT_TRUE(left_out(predictions, "v")->member);
  EXPECT_EQ(left_out(predictions, "v")->standing, Standing::refused);
}

TEST(Off, WhatAnIRuleMayNameIsNotRefused) {
  const auto rule = "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    pool other\n}\n}\n";
  const auto config = config_of(kSelfs + kFloating + "ltm pool /Common/p { }\n" + server("    rules {\n        /Common/r\n    }\n") + rule);
  const auto predictions = predict(config, {});
  ASSERT_EQ(predictions.left_out.size(), 1u);
  EXPECT_EQ(predictions.left_out[0].standing, Standing::not_known);
}

TEST(DirectReturn, NeedsAConnectedMemberOfTheSamePort) {
  const std::string npath = "    translate-address disabled\n";
  const auto verdict = [&](const std::string& text) { return path(predict(config_of(text), clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict; };
  EXPECT_EQ(verdict(kSite + server(npath)), dsr_by_design);
  const auto route = "net route /Common/far {\n    gw 10.137.2.1\n    network 10.9.0.0/24\n}\n";
  EXPECT_EQ(verdict(kSelfs + kFloating + route + pool("", "10.9.0.21") + server(npath)), unknown) << "its router sends the VIP back";
  EXPECT_EQ(verdict(pool() + server(npath)), unknown) << "no self IP in any file";
  auto other_port = pool();
  other_port.replace(other_port.find("oc01:444"), 8, "oc01:8444");
  EXPECT_EQ(verdict(kSelfs + kFloating + other_port + server(npath)), asymmetric_certain);
  EXPECT_EQ(verdict(kSelfs + kFloating + other_port + server(npath + "    translate-port disabled\n")), dsr_by_design);
}

TEST(SnatAddress, ThatIsStatedToBeSomebodyElsesIsInDoubt) {
  const auto config = config_of(kSite + server(kSnatPool) + "ltm snatpool /Common/sp {\n    members {\n        /Common/10.137.2.1\n    }\n}\n");
  auto known = clients("10.137.1.0/24");
  EXPECT_EQ(path(predict(config, known), "10.137.1.0/24", "oc01")->verdict, symmetric);
  known.gateways = {{*parse_prefix("10.137.2.0/24"), *parse_address("10.137.2.1")}};
  EXPECT_EQ(path(predict(config, known), "10.137.1.0/24", "oc01")->verdict, needs_probe);
  EXPECT_EQ(path(predict(config, clients("10.137.2.1/32")), "oc02", "oc01")->verdict, needs_probe) << "a source has it";
}

TEST(SnatAddress, OfBothUnitsIsInDoubt) {
  const auto translation = [](const std::string& group) {
    return "ltm snat-translation /Common/10.137.2.201 {\n    address 10.137.2.201\n    traffic-group /Common/" + group + "\n}\nltm snatpool /Common/sp {\n    members {\n        /Common/10.137.2.201\n    }\n}\n";
  };
  EXPECT_EQ(predict(config_of(kSite + server(kSnatPool) + translation("traffic-group-1")), {}).paths.at(0).verdict, symmetric);
  EXPECT_EQ(predict(config_of(kSite + server(kSnatPool) + translation("traffic-group-local-only")), {}).paths.at(0).verdict, needs_probe);
  EXPECT_EQ(predict(config_of(kSelfs + pool() + server(kSnatPool) + translation("traffic-group-local-only")), {}).paths.at(0).verdict, symmetric) << "there is one unit only";
}

TEST(Neighbours, AreInOneNetworkNotInOneThatHoldsBoth) {
  const auto wide = "net self /Common/wide {\n    address 10.0.0.5/8\n    vlan /Common/servers\n}\n";
  const auto config = config_of(kSelfs + wide + pool("", "10.200.0.21") + server(""));
  EXPECT_EQ(path(predict(config, clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict, needs_probe);
  EXPECT_EQ(path(predict(config, clients("10.201.0.0/24")), "10.201.0.0/24", "oc01")->verdict, asymmetric_certain);
}

TEST(LastHop, OfAVlanThatNoFileHasIsOpen) {
  auto without = kSelfs;
  without.erase(without.find("net vlan /Common/clients { }\n"));
  EXPECT_EQ(path(predict(config_of(without + kFloating + pool() + server(kAutomap)), clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict, needs_probe);
  EXPECT_EQ(path(predict(config_of(without + kFloating + pool() + server(kAutomap)), {}), "oc02", "oc01")->verdict, symmetric) << "theirs is there";
  EXPECT_EQ(path(predict(config_of(without + kFloating + pool() + server(kAutomap + "    auto-lasthop enabled\n")), clients("10.137.1.0/24")), "10.137.1.0/24", "oc01")->verdict, symmetric);
}

TEST(Snat, OfFastHttpAndOfEveryProtocolIsNotGuessed) {
  const auto fast = "ltm profile fasthttp /Common/fast { }\n";
  EXPECT_EQ(predict(config_of(kSite + fast + server("    profiles {\n        /Common/fast { }\n    }\n")), {}).paths.at(0).snat, SnatKind::unknown);
  EXPECT_EQ(predict(config_of(kSite + fast + server(kAutomap + "    profiles {\n        /Common/fast { }\n    }\n")), {}).paths.at(0).snat, SnatKind::automap);
  const auto global = "ltm snat /Common/g {\n    origins {\n        0.0.0.0/0 { }\n    }\n    automap\n}\n";
  auto any = server("");
  any.erase(any.find("    ip-protocol tcp\n"), 20);
  EXPECT_EQ(predict(config_of(kSite + global + server("")), {}).paths.at(0).snat, SnatKind::automap);
  EXPECT_EQ(predict(config_of(kSite + global + any), {}).paths.at(0).snat, SnatKind::unknown);
}

}  // namespace
}  // namespace hairpin::f5

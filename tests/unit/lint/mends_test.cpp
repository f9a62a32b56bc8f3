// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "site.hpp"

/// What a mend says: in the words of the version that the file is of, and without doing harm.
namespace hairpin::f5 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> mend_of(std::string_view rule, const std::string& text, const Known& known = {}) {
  const auto config = config_of(text);
  const auto findings = found(rule, config, known);
  EXPECT_FALSE(findings.empty()) << rule;
  return findings.empty() ? std::vector<std::string>() : findings.front().mend;
}

TEST(Mend, IsInTheWordsOfTheVersion) {
  const auto text = kNetworks + kMembers + server_at("10.1.0.11:444", "");
  const auto known = sources("10.2.0.0/24");
  EXPECT_THAT(mend_of("PATH-001", text, known), ElementsAre("tmsh modify ltm virtual /Common/v source-address-translation { type automap }"));
  EXPECT_THAT(mend_of("PATH-001", "#TMSH-VERSION: 11.2.1\n\n" + text, known), ElementsAre("tmsh modify ltm virtual /Common/v snat automap"));
  EXPECT_THAT(mend_of("PATH-001", "#TMSH-VERSION: 11.3.0\n\n" + text, known), ElementsAre(HasSubstr("source-address-translation")));
  EXPECT_THAT(mend_of("PATH-001", "#TMSH-VERSION: 15.1.8.2\n\n" + text, known), ElementsAre(HasSubstr("source-address-translation")));
}

TEST(Mend, IsInTheWordsOfBigpipe) {
  const std::string text = "self 10.2.0.5 {\n   netmask 255.255.255.0\n   vlan servers\n}\npool p {\n   members 10.2.0.21:444 {}\n}\n"
                           "virtual v {\n   pool p\n   destination 10.2.0.11:444\n   ip protocol tcp\n}\n";
  EXPECT_THAT(mend_of("PATH-001", text, sources("10.2.0.0/24")), ElementsAre("bigpipe virtual /Common/v snat automap"));
  EXPECT_THAT(mend_of("POOL-001", text), ElementsAre("in the words of this version; in tmsh since 11.3 it is: modify ltm pool /Common/p monitor tcp"));
}

TEST(Mend, IsInTheWordsOfADeclaration) {
  const auto declaration = R"({ "class": "ADC", "schemaVersion": "3.50.0", "T": { "class": "Tenant", "A": { "class": "Application",
    "v": { "class": "Service_TCP", "virtualAddresses": ["10.137.2.11"], "virtualPort": 444, "pool": "p" },
    "p": { "class": "Pool", "allowSNATEnabled": false, "members": [{ "servicePort": 444, "serverAddresses": ["10.137.2.21"] }] } } } })";
  EXPECT_THAT(mend_of("SNAT-003", declaration), ElementsAre("\"allowSNATEnabled\": true in the declaration (ltm pool /T/A/p)"));
  EXPECT_THAT(mend_of("POOL-001", declaration), ElementsAre("in the declaration, which undoes what tmsh changes; in tmsh it is: modify ltm pool /T/A/p monitor tcp"));
}

TEST(Mend, QuotesANameWithBlanks) {
  EXPECT_THAT(mend_of("PATH-001", kNetworks + kMembers + server_at("10.1.0.11:444", "", "my server"), sources("10.2.0.0/24")),
              ElementsAre("tmsh modify ltm virtual \"/Common/my server\" source-address-translation { type automap }"));
}

TEST(Mend, MakesAChildOfAShippedProfile) {
  const auto shipped = server_at("10.1.0.11:444", profiles("fastL4") + "    translate-address disabled\n");
  EXPECT_THAT(mend_of("NPATH-002", kNetworks + kMembers + shipped),
              ElementsAre("tmsh create ltm profile fastl4 NAME defaults-from /Common/fastL4 loose-close enabled",
                          "tmsh modify ltm virtual /Common/v profiles replace-all-with { NAME { } }"));
  const auto own = server_at("10.1.0.11:444", profiles("own") + "    translate-address disabled\n") + "ltm profile fastl4 /Common/own {\n    defaults-from /Common/fastL4\n}\n";
  EXPECT_THAT(mend_of("NPATH-002", kNetworks + kMembers + own), ElementsAre("tmsh modify ltm profile fastl4 /Common/own loose-close enabled"));
  const auto sides = server_at("10.1.0.11:444", "    profiles {\n        /Common/serverssl {\n            context serverside\n        }\n        /Common/tcp { }\n    }\n");
  EXPECT_THAT(mend_of("TLS-004", kNetworks + kMembers + sides).back(),
              HasSubstr("profiles replace-all-with { NAME { context serverside } /Common/tcp { } }"));
}

TEST(Mend, SwitchesNoOldTlsOnAgain) {
  const auto with = [](const std::string& more) {
    return kNetworks + kMembers + server_at("10.1.0.11:444", profiles("own")) + "ltm profile client-ssl /Common/own {\n    defaults-from /Common/clientssl\n" + more + "}\n";
  };
  EXPECT_THAT(mend_of("TLS-006", with("    options { no-sslv3 no-tlsv1 no-tlsv1.1 no-tlsv1.3 }\n")),
              ElementsAre("tmsh modify ltm profile client-ssl /Common/own options { no-sslv3 no-tlsv1 no-tlsv1.1 }"));
  EXPECT_THAT(mend_of("TLS-006", with("    ciphers ECDHE:RC4-SHA\n    options { no-tlsv1 }\n")),
              ElementsAre("tmsh modify ltm profile client-ssl /Common/own ciphers ECDHE:RC4-SHA:!RC4-SHA"));
}

TEST(Mend, LeavesNoEmptyListOfVlans) {
  const auto with = [](const std::string& vlans) {
    return kNetworks + kMembers + server_at("10.1.0.11:444", "    vlans {\n" + vlans + "    }\n    vlans-enabled\n");
  };
  EXPECT_THAT(mend_of("VLAN-001", with("        /Common/nowhere\n")), ElementsAre("tmsh modify ltm virtual /Common/v vlans replace-all-with { VLAN }"));
  EXPECT_THAT(mend_of("VLAN-001", with("        /Common/nowhere\n        /Common/clients\n")), ElementsAre("tmsh modify ltm virtual /Common/v vlans delete { /Common/nowhere }"));
}

}  // namespace
}  // namespace hairpin::f5

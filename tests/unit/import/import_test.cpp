// SPDX-License-Identifier: Apache-2.0
#include "topology/import/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "topology/f5/input.hpp"
#include "topology/lab/bigip.hpp"
#include "topology/lab/catalogue.hpp"
#include "topology/predict/of_topology.hpp"
#include "topology/yaml.hpp"

/// The lab's own site, said in the words of a BIG-IP, imported, filled in.
namespace hairpin::f5 {
namespace {

using testing::HasSubstr;
using testing::Not;

Config config_of(const std::string& text) {
  auto config = read_config_text("bigip.conf", text);
  EXPECT_TRUE(config) << (config ? "" : describe(config.error())) << "\n" << text;
  return config ? std::move(*config) : Config();
}

lab::Site site_of(const std::string& mode, hairpin::SnatType snat, Family family = Family::ipv4) {
  lab::LabOptions options;
  options.mode = mode;
  options.snat = snat;
  options.family = family;
  const auto site = lab::design_site(options);
  EXPECT_TRUE(site);
  return *site;
}

void replace(std::string& text, const std::string& what, const std::string& by) {
  const auto place = text.find(what);
  ASSERT_NE(place, std::string::npos) << what << "\n" << text;
  const auto end = text.find('"', place + 1);
  text.replace(place, end + 1 - place, by);
}

std::string filled(std::string text) {
  replace(text, "\"<fill in: the address of a host", "10.137.1.10");
  replace(text, "\"<fill in: how hairpin reaches it", "\"ssh:client1\"");
  for (const auto* host : {"oc01", "oc02"}) replace(text, std::string("\"<fill in: how hairpin reaches ") + host, std::string("\"ssh:") + host + "\"");
  replace(text, "\"<fill in: the default gateway of the hosts in", "\"10.137.2.4\"");
  if (text.find("\"<fill in: what clients speak") != std::string::npos) replace(text, "\"<fill in: what clients speak", "https");
  return text;
}

TEST(Import, RefusesToRunUntilFilledInAndNamesEachPlace) {
  const auto config = config_of(lab::bigip_configuration(site_of("fastl4", hairpin::SnatType::automap)));
  const auto imported = import_topology(config);
  EXPECT_EQ(imported.virtual_servers, 1u);
  const auto reading = read_topology(imported.topology);
  EXPECT_FALSE(reading.topology);
  ASSERT_EQ(reading.problems.size(), imported.placeholders);
  EXPECT_EQ(reading.problems.size(), 6u);
  EXPECT_THAT(describe(reading.problems[0], "t.yaml"), HasSubstr("hosts.client1.addresses[0] is not filled in; the address of a host"));
}

TEST(Import, IsATopologyWhenFilledIn) {
  for (const auto* mode : {"fastl4", "standard", "terminate", "reencrypt"})
    for (const auto snat : {hairpin::SnatType::none, hairpin::SnatType::automap, hairpin::SnatType::pool}) {
      SCOPED_TRACE(std::string(mode) + " " + std::string(to_string(snat)));
      const auto config = config_of(lab::bigip_configuration(site_of(mode, snat)));
      const auto text = filled(import_topology(config).topology);
      const auto reading = read_topology(text);
      ASSERT_TRUE(reading.topology) << describe(reading.problems.at(0), "t.yaml") << "\n" << text;
      const auto& pool = reading.topology->pools.at(0);
      EXPECT_EQ(pool.members, (std::vector<std::string>{"oc01", "oc02"}));
      const auto& server = pool.virtual_servers.at(0);
      EXPECT_EQ(server.port, 444);
      EXPECT_EQ(server.f5_virtual, "/Common/pool01_444");
      ASSERT_EQ(server.expect.snat.size(), 1u);
      EXPECT_EQ(server.expect.snat[0].type, snat);
      EXPECT_EQ(predicted_paths(config, *reading.topology).size(), 6u);
    }
}

TEST(Import, SaysWhatDirectReturnAndTlsAre) {
  const auto npath = config_of(lab::bigip_configuration(site_of("npath", hairpin::SnatType::none)));
  EXPECT_THAT(import_topology(npath).topology, HasSubstr("return_path: direct"));
  const auto ends = config_of(lab::bigip_configuration(site_of("reencrypt", hairpin::SnatType::automap)));
  EXPECT_THAT(import_topology(ends).topology, HasSubstr("tls: { mode: reencrypt }"));
}

TEST(Import, CitesObjectAndLine) {
  const auto text = import_topology(config_of(lab::bigip_configuration(site_of("fastl4", hairpin::SnatType::pool)))).topology;
  EXPECT_THAT(text, HasSubstr("vip: [\"10.137.2.11\"]"));
  EXPECT_THAT(text, testing::ContainsRegex("port: 444 +# ltm virtual /Common/pool01_444, bigip.conf:[0-9]+"));
  EXPECT_THAT(text, testing::ContainsRegex("floating: true . +# net self /Common/servers_float, bigip.conf:[0-9]+"));
}

TEST(Import, LeavesOutWithAReasonAndPromisesNothingThatAnIRuleDecides) {
  const auto base = lab::bigip_configuration(site_of("fastl4", hairpin::SnatType::automap));
  const auto more = base +
                    "ltm virtual /Common/forward {\n    destination /Common/0.0.0.0:0\n    ip-forward\n    mask any\n}\n"
                    "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    snat none\n}\n}\n"
                    "ltm virtual /Common/second {\n    destination /Common/10.137.2.12:443\n    ip-protocol tcp\n    mask 255.255.255.255\n"
                    "    pool /Common/pool01_444_pool\n    rules {\n        /Common/r\n    }\n}\n";
  const auto behind = more + "ltm pool /Common/vips {\n    members {\n        /Common/10.137.2.12:443 { }\n    }\n}\n"
                             "ltm virtual /Common/outer {\n    destination /Common/10.137.2.13:443\n    ip-protocol tcp\n    pool /Common/vips\n}\n";
  EXPECT_THAT(import_topology(config_of(behind)).topology, HasSubstr("its member /Common/10.137.2.12:443 is an address of the BIG-IP itself"));
  const auto imported = import_topology(config_of(more));
  EXPECT_EQ(imported.virtual_servers, 2u);
  EXPECT_EQ(imported.left_out, 1u);
  EXPECT_THAT(imported.topology, HasSubstr("#   ltm virtual /Common/forward (bigip.conf:"));
  EXPECT_THAT(imported.topology, HasSubstr("# snat: snat none in CLIENT_ACCEPTED decides, so nothing is promised"));
}

// What the lab's site has not: written as `tmsh list` prints it.
const std::string kSelfs = "net vlan /Common/servers { }\nnet vlan /Common/clients { }\n"
                           "net self /Common/f {\n    address 10.137.2.4/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/servers\n}\n"
                           "net self /Common/c {\n    address 10.137.1.4/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/clients\n}\n";

std::string pool_of(const std::string& first, const std::string& second, const std::string& more = "") {
  return "ltm pool /Common/p {\n" + more + "    members {\n        /Common/oc01:444 {\n            address 10.137.2.21\n" + first + "        }\n        /Common/oc02:444 {\n            address 10.137.2.22\n" + second + "        }\n    }\n}\n";
}

std::string server_of(const std::string& more, const std::string& name = "v", const std::string& destination = "10.137.2.11:444") {
  return "ltm virtual /Common/" + name + " {\n    destination /Common/" + destination + "\n    ip-protocol tcp\n    mask 255.255.255.255\n    pool /Common/p\n" + more + "}\n";
}

std::string imported(const std::string& text) { return import_topology(config_of(kSelfs + text)).topology; }
std::string imported_profiles(const std::string& names, const std::string& more = "") {
  std::istringstream words(names);
  std::string text = "    profiles {\n";
  for (std::string name; words >> name;)
    text += "        /Common/" + name + " {\n" + (name.find("client") == 0 ? "            context clientside\n" : name.find("server") == 0 ? "            context serverside\n" : "") + "        }\n";
  return imported(pool_of("", "") + more + server_of(text + "    }\n"));
}

TEST(Import, AProfileThatIsInNoFilePromisesNothing) {
  const auto known = imported_profiles("http tcp");
  EXPECT_THAT(known, HasSubstr("protocol: http "));
  const auto open = imported_profiles("http tcp site-ssl");
  EXPECT_THAT(open, HasSubstr("protocol: \"<fill in: what clients speak: https, tls, http or tcp; a profile of it is in none of the files>"));
  EXPECT_THAT(open, HasSubstr("# " + std::string(10, ' ') + "tls: a profile of it is in none of the files, so nothing is promised"));
  EXPECT_THAT(imported_profiles("http tcp clientssl site-ssl"), Not(HasSubstr("mode: terminate")));
  EXPECT_THAT(imported_profiles("http tcp clientssl"), HasSubstr("mode: terminate"));
}

TEST(Import, ATlsProfileThatIsOffEndsNothing) {
  const auto with = [](const std::string& mode) {
    return imported_profiles("http tcp client1", "ltm profile client-ssl /Common/client1 {\n    defaults-from /Common/clientssl\n    mode " + mode + "\n}\n");
  };
  EXPECT_THAT(with("enabled"), testing::AllOf(HasSubstr("protocol: https "), HasSubstr("mode: terminate")));
  EXPECT_THAT(with("disabled"), testing::AllOf(HasSubstr("protocol: http "), Not(HasSubstr("tls: {"))));
}

TEST(Import, ProxySslIsEndToEnd) {
  const auto with = [](const std::string& client, const std::string& member) {
    return imported_profiles("tcp client1 server1", "ltm profile client-ssl /Common/client1 {\n    defaults-from /Common/clientssl\n    peer-cert-mode require\n    proxy-ssl " + client +
                                                        "\n}\nltm profile server-ssl /Common/server1 {\n    defaults-from /Common/serverssl\n    proxy-ssl " + member + "\n}\n");
  };
  EXPECT_THAT(with("disabled", "disabled"), HasSubstr("tls: { mode: reencrypt, mutual: required }"));
  EXPECT_THAT(with("enabled", "enabled"), HasSubstr("tls: { mode: passthrough }"));
  EXPECT_THAT(with("enabled", "disabled"), Not(HasSubstr("tls: {")));
}

TEST(Import, AMemberThatGetsNoConnectionsIsNone) {
  const auto all = imported(pool_of("", "") + server_of(""));
  EXPECT_THAT(all, HasSubstr("members: [\"oc01\", \"oc02\"]"));
  for (const auto* off : {"            session user-disabled\n", "            state user-down\n"}) {
    const auto text = imported(pool_of("", off) + server_of(""));
    EXPECT_THAT(text, HasSubstr("members: [\"oc01\"]"));
    EXPECT_THAT(text, HasSubstr("not a member: /Common/oc02:444 (disabled or forced down)"));
    EXPECT_THAT(imported(pool_of(off, off) + server_of("")), HasSubstr("every member of its pool /Common/p is disabled or forced down"));
  }
  const auto first = std::string("            priority-group 10\n"), second = std::string("            priority-group 5\n");
  EXPECT_THAT(imported(pool_of(first, second, "    min-active-members 1\n") + server_of("")), HasSubstr("not a member: /Common/oc02:444 (of priority group 5, which stands by)"));
  EXPECT_THAT(imported(pool_of(first, second, "    min-active-members 2\n") + server_of("")), HasSubstr("members: [\"oc01\", \"oc02\"]"));
  EXPECT_THAT(imported(pool_of(first, second) + server_of("")), HasSubstr("members: [\"oc01\", \"oc02\"]"));
}

TEST(Import, SaysWhoMayCall) {
  EXPECT_THAT(imported(pool_of("", "") + server_of("")), Not(HasSubstr("sources:")));
  const auto filtered = imported(pool_of("", "") + server_of("    source 10.137.1.0/24\n"));
  EXPECT_THAT(filtered, testing::ContainsRegex("\n    sources: .client1. "));
  EXPECT_THAT(filtered, HasSubstr("takes connections from 10.137.1.0/24 only"));
  EXPECT_THAT(imported(pool_of("", "") + server_of("    source 10.137.2.21/32\n")), HasSubstr("sources: [client1, \"oc01\"]"));
  EXPECT_THAT(imported(pool_of("", "") + server_of("    vlans {\n        /Common/clients\n    }\n    vlans-enabled\n")), testing::ContainsRegex("\n    sources: .client1. "));
  EXPECT_THAT(imported(pool_of("", "") + server_of("    vlans {\n        /Common/servers\n    }\n    vlans-enabled\n")), Not(HasSubstr("sources:")));
}

TEST(Import, ServersOfOneEndpointAreNoPromiseForEverybody) {
  const auto two = import_topology(config_of(kSelfs + pool_of("", "") + server_of("    source 10.137.1.0/24\n    source-address-translation {\n        type automap\n    }\n", "narrow") + server_of("", "wide")));
  EXPECT_EQ(two.virtual_servers, 0u);
  EXPECT_EQ(two.left_out, 2u);
  EXPECT_THAT(two.topology, HasSubstr("which of them a client meets depends on the client"));
  auto datagrams = server_of("", "datagrams");
  datagrams.replace(datagrams.find("ip-protocol tcp"), 15, "ip-protocol udp");
  EXPECT_EQ(import_topology(config_of(kSelfs + pool_of("", "") + server_of("") + datagrams)).virtual_servers, 1u);
}

TEST(Import, AHostIsInOneRouteDomain) {
  const auto self = std::string("net vlan /Common/other { }\nnet self /Common/o {\n    address 10.137.2.9%5/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/other\n}\n");
  const auto other = std::string("ltm pool /Common/q {\n    members {\n        /Common/x:444 {\n            address 10.137.2.21%5\n        }\n    }\n}\n");
  const auto server = [](const std::string& destination) { return "ltm virtual /Common/w {\n    destination /Common/" + destination + "\n    ip-protocol tcp\n    mask 255.255.255.255\n    pool /Common/q\n}\n"; };
  const auto crossed = imported(pool_of("", "") + other + server("10.137.2.12:444"));
  EXPECT_THAT(crossed, HasSubstr("its member /Common/x:444 is in another route domain, and nothing says that connections may go there"));
  const auto both = imported(self + pool_of("", "") + other + server_of("") + server("10.137.2.12%5:444"));
  EXPECT_THAT(both, HasSubstr("the address of its member /Common/x:444 is another host's in another route domain than 5"));
  EXPECT_THAT(both, Not(HasSubstr("10.137.2.9")));
  const auto alone = imported(self + other + server("10.137.2.12%5:444"));
  EXPECT_THAT(alone, HasSubstr("{ address: \"10.137.2.9\", floating: true }"));
  EXPECT_THAT(alone, HasSubstr("10.137.2.9 where it is the BIG-IP")) << "the network of its own domain";
}

TEST(LabConfiguration, PredictsEveryModeAndSnat) {
  for (const auto* mode : {"fastl4", "standard", "terminate", "reencrypt"})
    for (const auto family : {Family::ipv4, Family::ipv6})
      for (const auto snat : {hairpin::SnatType::none, hairpin::SnatType::automap, hairpin::SnatType::pool}) {
        const auto site = site_of(mode, snat, family);
        const auto reading = read_topology(lab::declare(site));
        ASSERT_TRUE(reading.topology);
        const auto paths = predicted_paths(config_of(lab::bigip_configuration(site)), *reading.topology);
        ASSERT_EQ(paths.size(), 6u) << mode;
        for (const auto& path : paths) {
          const bool is_broken = snat == hairpin::SnatType::none && path.source != "client1";
          EXPECT_EQ(path.verdict, is_broken ? "asymmetric-certain" : "symmetric") << mode << " " << path.source << " " << path.member;
          EXPECT_EQ(path.seen_as.size(), snat == hairpin::SnatType::none ? 0u : snat == hairpin::SnatType::automap ? 1u : 2u);
        }
      }
}

}  // namespace
}  // namespace hairpin::f5

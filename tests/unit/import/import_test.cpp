// SPDX-License-Identifier: Apache-2.0
#include "topology/import/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

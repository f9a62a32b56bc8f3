// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/lab/sites.hpp"
#include "topology/yaml.hpp"

namespace hairpin::lab {
namespace {

/// What the declaration says once it is read back.
Topology declared(const LabOptions& options) {
  auto reading = read_topology(declare(designed(options)));
  for (const auto& problem : reading.problems) ADD_FAILURE() << describe(problem, "topology.yaml");
  return reading.topology.value_or(Topology{});
}

const Expectation& expectation(const Topology& topology) {
  return topology.pools.at(0).virtual_servers.at(0).expect;
}

TEST(LabDeclaration, EverySiteCanBeRead) {
  for (const auto* mode : modes())
    for (const auto snat : {SnatType::none, SnatType::automap, SnatType::pool})
      for (const auto family : {Family::ipv4, Family::ipv6}) {
        if (!mode->translates && snat != SnatType::none) continue;
        const auto topology = declared(wanted(std::string(mode->name), snat, family));
        ASSERT_EQ(topology.pools.size(), 1U) << mode->name;
        const auto& rules = expectation(topology).snat;
        ASSERT_EQ(rules.size(), 1U);
        EXPECT_EQ(rules.front().type, snat);
        EXPECT_EQ(rules.front().addresses.size(), snat == SnatType::pool ? 2U : 0U);
        EXPECT_EQ(topology.pools[0].vips, std::vector{server_address(family, 11)});
      }
}

TEST(LabDeclaration, TellsTheSeedCase) {
  const auto topology = declared(wanted("fastl4", SnatType::none));
  ASSERT_EQ(topology.hosts.size(), 4U);
  EXPECT_EQ(topology.hosts[0].name, "client1");
  EXPECT_EQ(topology.hosts[2].addresses, std::vector{*parse_address("10.137.2.22")});
  const auto& bigip = topology.hosts[3];
  EXPECT_TRUE(bigip.is_load_balancer);
  ASSERT_EQ(bigip.self_ips.size(), 3U);
  EXPECT_TRUE(bigip.self_ips[2].is_floating);
  EXPECT_EQ(bigip.self_ips[2].address, *parse_address("10.137.2.4"));
  const auto& pool = topology.pools.at(0);
  EXPECT_EQ(pool.fqdn, "pool01.example.com");
  EXPECT_EQ(pool.members, (std::vector<std::string>{"oc01", "oc02"}));
  const auto& server = pool.virtual_servers.at(0);
  EXPECT_EQ(server.name, "mcu-factory");
  EXPECT_EQ(server.port, 444);
  EXPECT_EQ(server.path, "/LiveServer/MCUFactory/");
  EXPECT_EQ(server.f5_virtual, "/Common/pool01_444");
  EXPECT_EQ(server.expect.return_path, ReturnPath::through_load_balancer);
}

TEST(LabDeclaration, ExpectationCanDifferFromWhatIsBuilt) {
  auto options = wanted("fastl4", SnatType::none);
  options.expected_snat = SnatType::automap;
  EXPECT_EQ(expectation(declared(options)).snat.at(0).type, SnatType::automap);
  EXPECT_EQ(designed(options).balancer.snat, SnatType::none);
}

TEST(LabDeclaration, NPathExpectsTheDirectWay) {
  const auto topology = declared(wanted("npath", SnatType::none));
  EXPECT_EQ(expectation(topology).return_path, ReturnPath::direct);
  EXPECT_EQ(topology.hosts.size(), 4U);  // the other router is no host of the test
}

TEST(LabDeclaration, FaultsDeclareNothing) {
  const auto healthy = declare(designed(wanted("fastl4", SnatType::automap)));
  for (const auto* fault : {"wrong-gateway", "rp-filter", "member-silent", "vip-refused",
                            "snat-wrong-address", "hides-member", "foreign-traffic", "gateway-own-mac"})
    EXPECT_EQ(declare(designed(wanted("fastl4", SnatType::automap, Family::ipv4, {fault}))), healthy)
        << fault;
}

TEST(LabDeclaration, AgentsOnTheManagementNetworkAreDeclaredByAddress) {
  auto options = wanted("standard", SnatType::pool, Family::ipv6);
  options.control = Control::tcp;
  const auto topology = declared(options);
  ASSERT_TRUE(topology.hosts.at(1).agent.has_value());
  EXPECT_EQ(to_string(*topology.hosts[1].agent), "10.99.0.21:7411");
}

}  // namespace
}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml.hpp"

#include <gmock/gmock.h>

#include "tests/unit/topology/files.hpp"

namespace hairpin {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

const VirtualServer& first_server(const Topology& topology) {
  return topology.pools.at(0).virtual_servers.at(0);
}

/// One balancer with these keys more.
std::optional<Topology> with_balancer(const std::string& keys) {
  return read_topology("hairpin: 1\nname: asked\nhosts:\n  client1: { addresses: [10.137.1.10] }\n  oc01: { addresses: [10.137.2.21] }\n  bigip: { load_balancer: true, self_ips: [{ address: 10.137.2.5 }], " + keys +
                       " }\npools:\n  pool01: { vip: [10.137.2.11], load_balancer: bigip, members: [oc01], virtual_servers: [{ name: web }] }\n")
      .topology;
}

TEST(TopologyFile, SaysHowABalancerIsAsked) {
  const auto ssh = with_balancer("state: { bigip: \"ssh:netops@bigip-a\" }");
  ASSERT_TRUE(ssh);
  EXPECT_EQ(to_string(*ssh->hosts[2].state), "ssh:netops@bigip-a");
  const std::string pin(64, 'a');
  for (const auto& [url, shown] : {std::pair("https://bigip-a.example.com", "https://bigip-a.example.com:443"), std::pair("https://10.99.0.4:8443/", "https://10.99.0.4:8443"),
                                   std::pair("https://[fd00:99::4]:8443", "https://[fd00:99::4]:8443"), std::pair("https://[fd00:99::4]", "https://[fd00:99::4]:443")}) {
    const auto rest = with_balancer(std::string("state: { bigip: \"") + url + "\", pin: \"sha256:" + pin + "\", ca: ca.pem, credentials: secret }");
    ASSERT_TRUE(rest) << url;
    const auto& state = *rest->hosts[2].state;
    EXPECT_EQ(to_string(state), shown);
    EXPECT_EQ(state.pin, pin);
    EXPECT_EQ(state.authority, "ca.pem");
    EXPECT_EQ(state.credentials, "secret");
  }
  EXPECT_FALSE(with_balancer("direct: false")->hosts[2].state);
}

TEST(TopologyFile, NamesABalancersConfiguration) {
  EXPECT_THAT(with_balancer("f5: { config: bigip.conf }")->hosts[2].f5_config, ElementsAre("bigip.conf"));
  EXPECT_THAT(with_balancer("f5: { config: [bigip_base.conf, bigip.conf] }")->hosts[2].f5_config, ElementsAre("bigip_base.conf", "bigip.conf"));
}

TEST(TopologyFile, HoldsTheDesignsExample) {
  const auto topology = topology_of("design.yaml");
  EXPECT_EQ(topology.name, "pool01");
  ASSERT_EQ(topology.hosts.size(), 4u);
  EXPECT_EQ(to_string(topology.hosts[0].agent.value()), "10.99.0.10:7411");
  const auto& bigip = topology.hosts[3];
  EXPECT_TRUE(bigip.is_load_balancer);
  EXPECT_EQ(bigip.bigip_capture, "netops@bigip-a");
  ASSERT_EQ(bigip.self_ips.size(), 2u);
  EXPECT_FALSE(bigip.self_ips[0].is_floating);
  EXPECT_TRUE(bigip.self_ips[1].is_floating);
  EXPECT_EQ(to_string(topology.networks.at(0).prefix), "10.137.2.0/24");
  EXPECT_EQ(topology.networks.at(0).gateway, parse_address("10.137.2.4"));

  const auto& pool = topology.pools.at(0);
  EXPECT_EQ(pool.fqdn, "pool01.example.com");
  EXPECT_EQ(pool.load_balancer, "bigip");
  EXPECT_THAT(pool.vips, ElementsAre(*parse_address("10.137.2.11")));
  EXPECT_THAT(pool.members, ElementsAre("oc01", "oc02"));
  EXPECT_THAT(pool.sources, ElementsAre("client1", "oc01", "oc02"));

  const auto& server = first_server(topology);
  EXPECT_EQ(server.name, "mcu-factory");
  EXPECT_EQ(server.port, 444);
  EXPECT_EQ(server.member_port, 444);
  EXPECT_EQ(server.path, "/LiveServer/MCUFactory/");
  EXPECT_EQ(server.depth, Depth::http);
  EXPECT_EQ(server.f5_virtual, "/Common/pool01_444");
  EXPECT_EQ(server.f5_pool, "/Common/pool01_444_pool");
  EXPECT_EQ(server.coverage, Coverage::each_pair);
  EXPECT_EQ(server.expect.return_path, ReturnPath::through_load_balancer);
  ASSERT_EQ(server.expect.snat.size(), 2u);
  EXPECT_THAT(server.expect.snat[0].from, ElementsAre("members"));
  EXPECT_EQ(server.expect.snat[0].type, SnatType::automap);
  EXPECT_EQ(server.expect.snat[1].type, SnatType::none);
  EXPECT_EQ(server.expect.tls_mode, TlsMode::passthrough);
  EXPECT_EQ(server.expect.mutual_tls, MutualTls::required);
  EXPECT_FALSE(server.expect.idle);

  const auto& waiver = topology.waivers.at(0);
  EXPECT_EQ(waiver.check, "return-path");
  EXPECT_EQ(waiver.source, "oc02");
  EXPECT_EQ(waiver.member, "");
  EXPECT_EQ(waiver.until, std::chrono::sys_days(std::chrono::year(2027) / 1 / 31));
  EXPECT_EQ(waiver.reason, "CHG 4711");
}

TEST(TopologyFile, KeepsItsBytesAndTheirDigest) {
  const auto bytes = bytes_of(std::filesystem::path(HAIRPIN_TEST_DATA) / "topology" / "byte-order-mark.yaml");
  const auto topology = read(bytes);
  EXPECT_EQ(topology.text, bytes);
  // sha256sum of the file
  EXPECT_EQ(topology.sha256, "c111e65cf20c7cf5ccf1ef0f77ce2c76e980ad20410f5a9cf09640343bca9b4f");
}

TEST(TopologyFile, MayHaveAByteOrderMarkOrCrlf) {
  const auto plain = topology_of("design.yaml");
  for (const auto* name : {"byte-order-mark.yaml", "crlf.yaml"}) {
    const auto other = topology_of(name);
    EXPECT_EQ(other.hosts.size(), plain.hosts.size()) << name;
    EXPECT_EQ(other.waivers.at(0).reason, plain.waivers.at(0).reason) << name;
  }
}

TEST(TopologyFile, HoldsAnIpv6Site) {
  const auto topology = topology_of("ipv6.yaml");
  EXPECT_EQ(to_string(topology.host("client1")->agent.value()), "[fd00:99::10]:7411");
  EXPECT_EQ(topology.host("oc02")->stand_in, "Linux VM for Windows");
  EXPECT_EQ(topology.networks.at(0).gateway_macs.size(), 2u);
  const auto& server = first_server(topology);
  EXPECT_EQ(server.member_port, 8443);
  EXPECT_EQ(server.coverage, Coverage::one_per_source);
  EXPECT_EQ(server.expect.idle, 30s);
  ASSERT_EQ(server.expect.snat.size(), 1u);
  EXPECT_EQ(server.expect.snat[0].addresses.size(), 2u);
}

TEST(TopologyFile, NamesTheFilesOfAHost) {
  auto text = bytes_of(std::filesystem::path(HAIRPIN_TEST_DATA) / "topology" / "design.yaml");
  const std::string before = "addresses: [10.137.1.10]";
  ASSERT_NE(text.find(before), text.npos);
  text.replace(text.find(before), before.size(), before + ", tls: { certificate: a.crt, key: a.key, trusted: /etc/roots.pem }");
  const auto topology = read(text);
  const auto& tls = topology.host("client1")->tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->certificate, "a.crt");
  EXPECT_EQ(tls->key, "a.key");
  EXPECT_EQ(tls->trusted, "/etc/roots.pem");
  EXPECT_FALSE(topology.host("oc01")->tls);
}

TEST(TopologyFile, MergesTheExpectationOfAVirtualServerKeyByKey) {
  const auto topology = topology_of("dual-stack.yaml");
  const auto& servers = topology.pools.at(0).virtual_servers;
  EXPECT_EQ(servers.at(0).expect.tls_mode, TlsMode::passthrough);
  EXPECT_EQ(servers.at(0).expect.mutual_tls, MutualTls::requested);
  EXPECT_FALSE(servers.at(1).expect.mutual_tls);
  EXPECT_THAT(servers.at(1).expect.snat.at(0).from, ElementsAre("oc01", "10.137.1.0/24"));
  EXPECT_EQ(servers.at(0).coverage, Coverage::each_member);
  EXPECT_EQ(servers.at(1).protocol, Protocol::tls);
  EXPECT_EQ(servers.at(1).depth, Depth::hello);
}

TEST(TopologyFile, LeavesSourcesOutByName) {
  const auto pool = topology_of("dual-stack.yaml").pools.at(0);
  EXPECT_THAT(pool.sources, ElementsAre("client4", "client6", "oc01", "oc02"));
  EXPECT_THAT(pool.excluded_sources, ElementsAre(testing::Pair("frozen", "frozen until Monday")));
  EXPECT_THAT(pool.direct_sources, ElementsAre("client6"));
}

TEST(TopologyFile, ReportsWhatIsNotExpected) {
  const auto& topology = read(small_topology());
  const auto& server = first_server(topology);
  EXPECT_EQ(server.port, 444);
  EXPECT_EQ(server.expect.return_path, ReturnPath::through_load_balancer);
  EXPECT_TRUE(server.expect.snat.empty());
  EXPECT_FALSE(server.expect.tls_mode || server.expect.mutual_tls || server.expect.idle);
}

TEST(TopologyFile, ProbesAsDeepAsTheProtocolAllows) {
  const auto depth_of = [](const std::string& protocol) {
    return first_server(read(small_topology("{ name: a, protocol: " + protocol + " }"))).depth;
  };
  EXPECT_EQ(depth_of("https"), Depth::http);
  EXPECT_EQ(depth_of("http"), Depth::http);
  EXPECT_EQ(depth_of("tls"), Depth::tls);
  EXPECT_EQ(depth_of("tcp"), Depth::tcp);
}

TEST(TopologyFile, ReadsDurationsInFourUnits) {
  const auto idle = [](const std::string& text) {
    return first_server(read(small_topology("{ name: a, expect: { idle: " + text + " } }")))
        .expect.idle.value();
  };
  EXPECT_EQ(idle("1500ms"), 1500ms);
  EXPECT_EQ(idle("30s"), 30s);
  EXPECT_EQ(idle("5m"), 5min);
  EXPECT_EQ(idle("24h"), 24h);
}

TEST(TopologyFile, TakesASocketPathOf107Bytes) {
  auto text = small_topology();
  text.replace(text.find("[10.137.1.10]"), 13,
               "[10.137.1.10], agent: \"unix:/" + std::string(106, 'x') + "\"");
  EXPECT_EQ(std::get<UnixAgent>(*read(text).host("client1")->agent).path.size(), 107u);
}

TEST(TopologyFile, AcceptsAWaiverThatHasEnded) {
  const auto text = small_topology() + "accept: [{ check: snat, until: 2001-02-28, reason: old }]\n";
  EXPECT_EQ(read(text).waivers.size(), 1u);
}

TEST(TopologyFile, PutsProblemsInTheOrderOfTheFile) {
  const auto reading = read_topology("zzz: 1\nhairpin: 2\nname: ''\nhosts: {}\nhosts: {}\npools: []\n");
  std::size_t line = 0;
  for (const auto& problem : reading.problems) {
    EXPECT_GE(problem.line, line);
    line = problem.line;
  }
  EXPECT_EQ(reading.problems.size(), 6u) << problems_of(reading, "f");
}

TEST(TopologyProblem, IsDescribedOnOneLine) {
  EXPECT_EQ(describe({3, 7, "what", "mend"}, "a.yaml"), "a.yaml:3:7: what; mend");
  EXPECT_EQ(describe({3, 7, "what", ""}, "a.yaml"), "a.yaml:3:7: what");
}

}  // namespace
}  // namespace hairpin

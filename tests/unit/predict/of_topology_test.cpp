// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/of_topology.hpp"

#include <gmock/gmock.h>

#include "site.hpp"

/// Which virtual server of a configuration a topology's own is, and what is said where there is none.
namespace hairpin::f5 {
namespace {

using testing::HasSubstr;

Topology seed() {
  Topology topology;
  const auto host = [&](const char* name, const char* address) {
    Host each;
    each.name = name;
    each.addresses = {*parse_address(address)};
    topology.hosts.push_back(each);
  };
  host("client1", "10.137.1.10");
  host("oc01", "10.137.2.21");
  host("oc02", "10.137.2.22");
  hairpin::Pool pool;
  pool.name = "pool01";
  pool.vips = {*parse_address("10.137.2.11")};
  pool.members = {"oc01", "oc02"};
  pool.sources = {"client1", "oc01", "oc02"};
  VirtualServer server;
  server.name = "mcu";
  server.f5_virtual = "/Common/v";
  pool.virtual_servers = {server};
  topology.pools = {pool};
  return topology;
}

PredictedPath from_client(const std::string& text, const std::string& member = "oc01", const Topology& topology = seed()) {
  const auto paths = predicted_paths(config_of(kSelfs + kFloating + text), topology);
  EXPECT_EQ(paths.size(), 6u) << "a row for each source and member";
  for (const auto& each : paths)
    if (each.source == "client1" && each.member == member) return each;
  ADD_FAILURE() << "no row";
  return {};
}

std::string beside(const std::string& endpoint, const std::string& more, const std::string& name = "aaa") {
  return "ltm virtual /Common/" + name + " {\n    destination /Common/" + endpoint + "\n    mask 255.255.255.255\n    pool /Common/p\n" + more + "}\n";
}

TEST(OfTopology, TakesTheServerThatTheBigIpWould) {
  const auto own = pool() + server(kAutomap);
  EXPECT_EQ(from_client(own).verdict, "symmetric");
  EXPECT_EQ(from_client(own).member_port, 444);
  EXPECT_EQ(from_client(beside("10.137.2.11:444", "    ip-protocol udp\n") + own).snat, "automap") << "UDP is no rival, wherever it stands";
  auto nameless = seed();
  nameless.pools[0].virtual_servers[0].f5_virtual.clear();
  EXPECT_EQ(from_client(beside("10.137.2.11:444", "    ip-protocol udp\n") + own, "oc01", nameless).snat, "automap");
  const auto wide = beside("10.137.2.11:444", "    ip-protocol tcp\n    source 0.0.0.0/0\n");
  auto narrow = server("    source 10.137.0.0/16\n" + kAutomap);
  for (const auto& text : {wide + pool() + narrow, pool() + narrow + wide}) EXPECT_EQ(from_client(text).snat, "automap");
  EXPECT_EQ(from_client(beside("10.137.2.11:0", "    ip-protocol tcp\n") + own).snat, "automap") << "a port of its own";
  EXPECT_EQ(from_client(beside("10.137.2.11:0", kAutomap + "    ip-protocol tcp\n    translate-port disabled\n") + pool()).member_port, 444);
}

TEST(OfTopology, SaysThatAServerIsOff) {
  const auto off = from_client(pool() + server("    disabled\n" + kAutomap));
  EXPECT_EQ(off.verdict, kNoPath);
  EXPECT_THAT(off.configured, HasSubstr("ltm virtual /Common/v (bigip.conf:"));
  EXPECT_THAT(off.configured, HasSubstr("it is disabled"));
  EXPECT_EQ(from_client(pool() + server("    disabled\n") + beside("10.137.2.11:0", kAutomap + "    ip-protocol tcp\n")).verdict, "symmetric") << "another one takes it";
  EXPECT_EQ(from_client(pool() + server("    vlans {\n        /Common/servers\n    }\n    vlans-enabled\n" + kAutomap)).verdict, kNoPath);
  EXPECT_EQ(from_client(pool() + server("    source 10.137.2.0/24\n" + kAutomap)).verdict, kNoPath);
  EXPECT_EQ(from_client(pool() + server(kAutomap) + beside("10.137.2.11:444", "    ip-protocol tcp\n    reject\n    source 10.137.1.0/24\n")).verdict, kNoPath);
}

TEST(OfTopology, SaysThatAMemberIsOffOrNotThere) {
  auto off = pool();
  off.insert(off.find("            address 10.137.2.22"), "            session user-disabled\n            state user-down\n");
  EXPECT_EQ(from_client(off + server(kAutomap), "oc01").verdict, "symmetric");
  EXPECT_EQ(from_client(off + server(kAutomap), "oc02").verdict, kNoPath);
  EXPECT_EQ(from_client(pool("", "10.137.2.77") + server(kAutomap), "oc01").verdict, kNoPath);
  EXPECT_THAT(from_client(pool("", "10.137.2.77") + server(kAutomap), "oc01").configured, HasSubstr("its pool /Common/p has no member oc01"));
  const auto rule = "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    pool other\n}\n}\n    ";
  EXPECT_EQ(from_client(pool("", "10.137.2.77") + rule + server(kAutomap + "    rules {\n        /Common/r\n    }\n"), "oc01").verdict, "unknown") << "the iRule may name it";
}

TEST(OfTopology, SaysThatANameIsSomewhereElse) {
  auto moved = server(kAutomap);
  moved.replace(moved.find("10.137.2.11"), 11, "10.137.2.99");
  EXPECT_EQ(from_client(pool() + moved).verdict, kNoPath);
  EXPECT_THAT(from_client(pool() + moved).configured, HasSubstr("it is for tcp 10.137.2.99:444, not for 10.137.2.11:444"));
  auto topology = seed();
  topology.pools[0].virtual_servers[0].f5_virtual.clear();
  EXPECT_EQ(from_client(pool() + moved, "oc01", topology).verdict, kNotConfigured) << "nobody says that it is this one";
  EXPECT_EQ(from_client(pool()).verdict, kNotConfigured);
  const auto forwards = "ltm virtual /Common/f {\n    destination /Common/0.0.0.0:0\n    ip-forward\n    mask any\n}\n";
  EXPECT_EQ(from_client(pool() + forwards).verdict, kNotConfigured) << "what forwards has no members";
}

TEST(OfTopology, KnowsThePortOfAMember) {
  auto other = pool();
  other.replace(other.find("oc01:444"), 8, "oc01:8444");
  EXPECT_EQ(from_client(other + server(kAutomap)).member_port, 8444);
  auto both = pool();
  both.insert(both.find("        /Common/oc01:444"), "        /Common/oc01:8444 {\n            address 10.137.2.21\n        }\n");
  EXPECT_EQ(from_client(both + server(kAutomap)).member_port, 444) << "of two the one of the topology";
}

}  // namespace
}  // namespace hairpin::f5

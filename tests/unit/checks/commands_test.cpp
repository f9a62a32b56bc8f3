// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scene/scene.hpp"

namespace hairpin::checks {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Repetition from_oc01() {
  Repetition wanted;
  wanted.path = "/LiveServer/MCUFactory/";
  wanted.vip = *parse_endpoint("10.137.2.11:444");
  wanted.source = *parse_address("10.137.2.21");
  wanted.interface = "eth0";
  wanted.member = *parse_endpoint("10.137.2.22:444");
  return wanted;
}

Subject at_vip(const std::string& vip) { return {"pool01", "mcu-factory", vip, "", "", "", "ipv4"}; }

TEST(Repeat, IsACaptureInTheBackgroundAndTheConnection) {
  EXPECT_THAT(repeat_commands(from_oc01()),
              ElementsAre("timeout 10 tcpdump -ni eth0 -c 20 'tcp port 444 and (host 10.137.2.11 or host 10.137.2.22)' & sleep 1",
                          "curl -skv --noproxy '*' --interface 10.137.2.21 --connect-timeout 5 --max-time 10 "
                          "https://10.137.2.11:444/LiveServer/MCUFactory/"));
}

TEST(Repeat, ResolvesTheNameToTheVip) {
  auto wanted = from_oc01();
  wanted.fqdn = "pool01.example.com";
  EXPECT_THAT(repeat_commands(wanted)[1],
              EndsWith("--resolve pool01.example.com:444:10.137.2.11 https://pool01.example.com:444/LiveServer/MCUFactory/"));
}

TEST(Repeat, PutsIPv6InBrackets) {
  auto wanted = from_oc01();
  wanted.vip = *parse_endpoint("[2001:db8::11]:444");
  wanted.source = *parse_address("2001:db8::21");
  wanted.member = *parse_endpoint("[2001:db8::22]:444");
  const auto lines = repeat_commands(wanted);
  EXPECT_THAT(lines[0], HasSubstr("(host 2001:db8::11 or host 2001:db8::22)"));
  EXPECT_THAT(lines[1], HasSubstr("curl -gskv"));
  EXPECT_THAT(lines[1], EndsWith("--interface 2001:db8::21 --connect-timeout 5 --max-time 10 "
                                 "'https://[2001:db8::11]:444/LiveServer/MCUFactory/'"));
  wanted.fqdn = "pool01.example.com";
  EXPECT_THAT(repeat_commands(wanted)[1], HasSubstr("--resolve 'pool01.example.com:444:[2001:db8::11]' https://pool01"));
}

TEST(Repeat, WatchesBothPortsWhereTheMemberHasItsOwn) {
  auto wanted = from_oc01();
  wanted.member->port = 8444;
  EXPECT_THAT(repeat_commands(wanted)[0],
              HasSubstr("'tcp and (port 444 or port 8444) and (host 10.137.2.11 or host 10.137.2.22)'"));
}

TEST(Repeat, WatchesTheVipAloneWhereNobodyKnowsTheMember) {
  auto wanted = from_oc01();
  wanted.member.reset();
  wanted.interface.clear();
  EXPECT_THAT(repeat_commands(wanted)[0], HasSubstr("tcpdump -ni any -c 20 'tcp port 444 and host 10.137.2.11'"));
}

TEST(Repeat, SpeaksWhatTheVirtualServerSpeaks) {
  auto wanted = from_oc01();
  wanted.protocol = Protocol::http;
  EXPECT_THAT(repeat_commands(wanted)[1], EndsWith(" http://10.137.2.11:444/LiveServer/MCUFactory/"));
  wanted.protocol = Protocol::tcp;
  EXPECT_THAT(repeat_commands(wanted)[1], EndsWith(" telnet://10.137.2.11:444 </dev/null"));
}

TEST(Repeat, LetsNoPathBecomeACommand) {
  auto wanted = from_oc01();
  wanted.path = "/a'b;$(reboot)&c={1,2}";
  EXPECT_THAT(repeat_commands(wanted)[1], EndsWith(R"( 'https://10.137.2.11:444/a'\''b;$(reboot)&c={1,2}')"));
  EXPECT_THAT(repeat_commands(wanted)[1], HasSubstr("curl -gskv")) << "braces are no pattern here";
}

TEST(Look, NamesTheVirtualServerTheSourcesAndThePlaceHolders) {
  const auto topology = test::seed_topology(Family::ipv4);
  EXPECT_THAT(look_commands(topology, at_vip("10.137.2.11:444"), {*parse_address("10.137.2.21")}),
              ElementsAre("tmsh show sys connection cs-server-addr 10.137.2.11 cs-server-port 444",
                          "tmsh show sys connection cs-server-addr 10.137.2.11 cs-server-port 444 cs-client-addr 10.137.2.21",
                          "tmsh list ltm virtual /Common/pool01_444 all-properties", "tmsh show ltm virtual /Common/pool01_444",
                          "tmsh show ltm pool <the pool behind 10.137.2.11:444> members",
                          "tmsh show ltm persistence persist-records virtual /Common/pool01_444", "tmsh show net rst-cause",
                          "tmsh list net self", "tmsh show net arp"));
}

TEST(Look, ChangesNothing) {
  const auto topology = test::seed_topology(Family::ipv6);
  const std::vector<IpAddress> many(9, *parse_address("2001:db8::1"));
  const auto commands = look_commands(topology, at_vip("[2001:db8:137:2::11]:444"), many);
  EXPECT_EQ(commands.size(), 11u) << "at most four sources";
  for (const auto& command : commands) {
    EXPECT_TRUE(command.starts_with("tmsh show ") || command.starts_with("tmsh list ")) << command;
    EXPECT_THAT(command, Not(HasSubstr("net arp"))) << "IPv6 has none";
  }
  EXPECT_TRUE(look_commands(topology, at_vip(""), many).empty());
}

TEST(BoundedCapture, EndsByItselfAndTakesBothLegs) {
  auto topology = test::seed_topology(Family::ipv4);
  const std::vector<IpAddress> two{*parse_address("10.137.2.21"), *parse_address("10.137.2.22")};
  EXPECT_EQ(capture_command(topology, at_vip("10.137.2.11:444"), two),
            "timeout 30 tcpdump -ni 0.0:nnn -s0 -c 2000 -w /var/tmp/hairpin-pool01-mcu-factory.pcap "
            "'(host 10.137.2.21 or host 10.137.2.22) and port 444'");
  topology.pools[0].virtual_servers[0].member_port = 8444;
  EXPECT_THAT(capture_command(topology, at_vip("10.137.2.11:444"), {}),
              EndsWith("'host 10.137.2.11 and (port 444 or port 8444)'"));
}

}  // namespace
}  // namespace hairpin::checks

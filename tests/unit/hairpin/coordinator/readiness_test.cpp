// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/readiness.hpp"

#include <gmock/gmock.h>

#include "base/version.hpp"
#include "hairpin/coordinator/host_readiness.hpp"
#include "tests/unit/topology/files.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::microseconds kError{200};

/// The design's example, with every host ready; tests spoil it.
class Readiness : public testing::Test {
 protected:
  Readiness() {
    for (const auto& host : topology.hosts) {
      AgentFacts facts;
      facts.host = host.name;
      facts.state = host.agent ? AgentState::ready : AgentState::none;
      if (host.agent) facts.version = kVersion;
      facts.clock_offset = std::chrono::microseconds(400);
      facts.clock_error = host.agent ? kError : kError * 0;
      collected.observations.agents.push_back(facts);
      if (!host.agent) continue;
      for (const auto* interface : {"lo", "eth0"}) {
        CaptureFacts capture;
        capture.host = host.name;
        capture.interface = interface;
        capture.is_proven_before = true;
        collected.observations.captures.push_back(capture);
      }
      if (host.name != "client1") collected.listeners[host.name] = {{444, {}, false, false}};
    }
  }
  AgentFacts& agent(const std::string& host) {
    for (auto& facts : collected.observations.agents)
      if (facts.host == host) return facts;
    throw std::logic_error(host);
  }
  void forget(const std::string& host) {
    std::erase_if(collected.observations.captures,
                  [&](const CaptureFacts& facts) { return facts.host == host; });
    collected.listeners.erase(host);
    agent(host).version.clear();
    agent(host).clock_error = {};
  }
  std::string text() const { return readiness_text(topology, make_plan(topology), collected); }

  Topology topology = topology_of("design.yaml");
  Collected collected;
};

TEST(StandsElsewhere, IsAnAgentOnAHostWithNoneOfTheDeclaredAddresses) {
  Host host;
  host.name = "oc01";
  host.addresses = {*parse_address("10.137.2.21"), *parse_address("2001:db8::21")};
  HostFacts facts;
  EXPECT_EQ(stands_elsewhere(host, facts), "") << "its addresses are not known";
  for (const auto* own : {"127.0.0.1", "10.137.2.22", "fe80::1"}) {
    auto& interface = facts.interfaces.emplace_back();
    interface.is_loopback = std::string_view(own) == "127.0.0.1";
    interface.addresses = {*parse_address(own)};
  }
  EXPECT_THAT(stands_elsewhere(host, facts), HasSubstr("has 10.137.2.22, and not 10.137.2.21, 2001:db8::21,"));
  facts.interfaces[2].addresses = {*parse_address("2001:db8::21")};
  EXPECT_EQ(stands_elsewhere(host, facts), "") << "one of them is enough";
}

TEST_F(Readiness, IsATableOfEveryHost) {
  EXPECT_EQ(
      text(),
      "host     state     through  hairpin  roles                      privilege  ports     captures  clock\n"
      "client1  ready     tcp      0.1.0    probe, capture             yes        -         2 of 2    +0.4 "
      "ms ± "
      "0.2 ms\n"
      "oc01     ready     ssh      0.1.0    probe, responder, capture  yes        444 free  2 of 2    +0.4 "
      "ms ± "
      "0.2 ms\n"
      "oc02     ready     ssh      0.1.0    probe, responder, capture  yes        444 free  2 of 2    +0.4 "
      "ms ± "
      "0.2 ms\n"
      "bigip    no agent  -        -        -                          -          -         -         -\n"
      "\n"
      "3 of 3 agents ready\n");
  EXPECT_EQ(readiness_status(collected.observations), ExitStatus::passed);
}

TEST_F(Readiness, SaysWhatSshSaidOfAHostThatWasNotReached) {
  forget("oc02");
  agent("oc02").state = AgentState::unreachable;
  agent("oc02").detail =
      "could not log in at oc02 with ssh: Permission denied (publickey).; `ssh oc02` has to work";
  EXPECT_THAT(text(), HasSubstr("\noc02     unreachable  -        -        probe, responder, capture  -  "));
  EXPECT_THAT(text(), HasSubstr("\nTo mend:\n  oc02: could not log in at oc02 with ssh: Permission denied"));
  EXPECT_THAT(text(), Not(HasSubstr("--listen")));
  EXPECT_THAT(text(), HasSubstr("\n2 of 3 agents ready\n"));
  EXPECT_EQ(readiness_status(collected.observations), ExitStatus::unreachable);
}

TEST_F(Readiness, NamesTheCommandThatStartsAnAgentOfThatHost) {
  forget("client1");
  agent("client1").state = AgentState::unreachable;
  agent("client1").detail = "could not reach the agent at 10.99.0.10:7411: Connection refused";
  EXPECT_THAT(text(),
              HasSubstr("client1: could not reach the agent at 10.99.0.10:7411: Connection refused. On "
                        "client1:  sudo hairpin agent --name client1 --listen 10.99.0.10:7411 --pki DIR\n"));
  topology.hosts[0].agent = UnixAgent{"/run/hairpin/client1.sock"};
  EXPECT_THAT(text(),
              HasSubstr("sudo hairpin agent --name client1 --listen unix:/run/hairpin/client1.sock\n"));
}

TEST_F(Readiness, NamesAPortInUseAndHowToSeeWhoHasIt) {
  collected.listeners["oc01"] = {
      {444, "could not listen on 0.0.0.0:444: Address already in use", false, true}};
  agent("oc01").state = AgentState::refused;
  agent("oc01").detail = "could not listen on 0.0.0.0:444: Address already in use";
  EXPECT_THAT(text(), HasSubstr(" yes        444 in use  2 of 2 "));
  EXPECT_THAT(text(),
              HasSubstr("  oc01: port 444 is in use. See by whom on oc01:  ss -ltnp 'sport = :444'\n"));
  EXPECT_THAT(text(), Not(HasSubstr("0.0.0.0")));  // once is enough
  EXPECT_EQ(readiness_status(collected.observations), ExitStatus::unreachable);
}

TEST_F(Readiness, NamesMissingPrivilegesInOneLine) {
  collected.listeners["oc01"] = {{444, "could not listen on 0.0.0.0:444: Permission denied", true, false}};
  for (auto& capture : collected.observations.captures)
    if (capture.host == "oc01") {
      capture.is_proven_before = false;
      capture.lacks_privilege = true;
      capture.error = "could not capture";
    }
  agent("oc01").state = AgentState::no_privilege;
  EXPECT_THAT(text(), HasSubstr(" no         444 denied  0 of 2 "));
  EXPECT_THAT(text(),
              HasSubstr("\nTo mend:\n  oc01: no privilege to capture (CAP_NET_RAW) and to listen to port 444 "
                        "(CAP_NET_BIND_SERVICE); run the agent as root, or once on oc01:  sudo setcap "
                        "cap_net_raw,cap_net_bind_service+ep \"$(command -v hairpin)\"\n\n"));
  EXPECT_EQ(readiness_status(collected.observations), ExitStatus::no_privilege);
}

TEST_F(Readiness, NamesACaptureThatIsBlind) {
  for (auto& capture : collected.observations.captures)
    if (capture.host == "oc02" && capture.interface == "eth0") capture.is_proven_before = false;
  EXPECT_THAT(text(), HasSubstr(" 1 of 2 "));
  EXPECT_THAT(text(),
              HasSubstr("  oc02: the capture on eth0 did not see its own canary. Does this on oc02 see "
                        "packets:  sudo tcpdump -c 5 -ni eth0\n"));
}

TEST_F(Readiness, MindsAClockOnlyWhenItIsSurelyOffByMoreThanASecond) {
  agent("oc01").clock_offset = -std::chrono::milliseconds(3200);
  EXPECT_THAT(text(), HasSubstr("-3200.0 ms ± 0.2 ms\n"));
  EXPECT_THAT(text(),
              HasSubstr("  oc01: its clock is 3.2 s behind this host's. On the one that is wrong:  sudo "
                        "chronyc makestep\n"));
  agent("oc01").clock_error = std::chrono::milliseconds(2300);
  EXPECT_THAT(text(), Not(HasSubstr("chronyc")));
  agent("oc01").clock_offset = std::chrono::milliseconds(1001);
  agent("oc01").clock_error = std::chrono::microseconds(100);
  EXPECT_THAT(text(), HasSubstr("its clock is 1.0 s ahead of this host's"));
}

TEST_F(Readiness, WantsAnAgentWhereThePlanNeedsOne) {
  forget("oc02");
  topology.hosts[2].agent.reset();
  agent("oc02").state = AgentState::none;
  EXPECT_THAT(text(),
              HasSubstr("  oc02: the plan needs an agent there, and the topology names none; add to it:  "
                        "agent: \"ssh:oc02\"\n"));
  EXPECT_THAT(text(), Not(HasSubstr("  bigip: ")));  // a real balancer has none
}

TEST_F(Readiness, NamesAnotherVersion) {
  agent("oc02").version = "0.0.9";
  EXPECT_THAT(text(),
              HasSubstr("  oc02: it runs hairpin 0.0.9, this is 0.1.0; install the same version on both\n"));
}

TEST_F(Readiness, SaysWhyAnAgentWasLost) {
  agent("oc01").state = AgentState::lost;
  agent("oc01").detail = "the agent was lost: \x1b[2J";
  EXPECT_THAT(text(), HasSubstr("  oc01: the agent was lost: \\x1b[2J\n"));
}

}  // namespace
}  // namespace hairpin

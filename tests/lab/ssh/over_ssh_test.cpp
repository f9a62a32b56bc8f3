// SPDX-License-Identifier: Apache-2.0
// Runs whose agents are started by ssh, on a real sshd.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "server.hpp"
#include "tests/lab/run/runs.hpp"

namespace hairpin {
namespace {

using test::facts_of;
using testing::HasSubstr;

constexpr const char* kMemberListens = "127.0.0.2:18444";
/// For what has to end: soon where nothing else runs, and later where the machine has other work. Shorter than the
/// silence after which an agent gives a coordinator up (15 s), so that this is never what ended it.
constexpr milliseconds kEnds{10'000};

class OverSsh : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    if (!test::want_of_server().empty()) GTEST_SKIP() << test::want_of_server();
    std::ofstream(file()) << site.topology_text("ssh:client1", "ssh:oc01");
    std::filesystem::create_directory(site.folder() / "bin");
    std::filesystem::create_symlink(HAIRPIN_PROGRAM, site.folder() / "bin" / "hairpin");
    with_hairpin.path = (site.folder() / "bin").string() + ":/usr/bin:/bin";
    // LeakSanitizer looks through a program when it ends: seconds on some machines, and who ends when is asked here.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    use((site.folder() / "ssh").string());
  }
  void TearDown() override { ::unsetenv("HAIRPIN_SSH"); }
  static void use(const std::string& ssh) { ::setenv("HAIRPIN_SSH", ssh.c_str(), 1); }

  std::string file() const { return (site.folder() / "site.yaml").string(); }
  std::string bundle() const { return (site.folder() / "bundle").string(); }
  Collected run(int virtual_servers = 1) const {
    auto topology = site.topology("ssh:client1", "ssh:oc01");
    auto& servers = topology.pools[0].virtual_servers;
    while (static_cast<int>(servers.size()) < virtual_servers) {
      servers.push_back(servers[0]);
      servers.back().name += std::to_string(servers.size());
    }
    return test::collect_from(topology, options);
  }
  /// Sends the signal to a run by the program that probes: it ends as `status` says, and nothing of it is left.
  void expect_end_by(int signal, int status) const {
    const test::SshServer server(site.folder(), with_hairpin);
    test::Program program({"run", "-q", "-t", file(), "-o", bundle()});
    wait_until_it_probes();
    auto all = test::descendants(server.id());
    all.merge(test::descendants(program.id()));
    program.signal(signal);
    EXPECT_EQ(program.wait(kEnds), status);
    EXPECT_EQ(test::left_after(all, kEnds), "");
  }
  static void wait_until_it_probes() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!test::is_listening(kMemberListens) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(5));
    EXPECT_TRUE(test::is_listening(kMemberListens));
  }

  test::Site site;
  test::ServerOptions with_hairpin;
  RunOptions options = test::quiet_options();
};

TEST_F(OverSsh, AWholeRunGoesThroughAndLeavesNothingRunning) {
  const test::SshServer server(site.folder(), with_hairpin);
  test::Program program({"run", "-q", "-t", file(), "-o", bundle()});
  wait_until_it_probes();
  const auto there = test::descendants(server.id()), here = test::descendants(program.id());
  EXPECT_GE(there.size(), 4U);  // a session and an agent for each host
  EXPECT_GE(here.size(), 2U);   // an ssh for each host
  const auto status = program.wait(std::chrono::seconds(30));
  ASSERT_TRUE(status);
  EXPECT_EQ(test::left_after(here, milliseconds(0)), "");
  EXPECT_EQ(test::left_after(there, kEnds), "");
  EXPECT_FALSE(test::is_listening(kMemberListens));
  test::Program judge({"judge", "-q", bundle()});
  EXPECT_EQ(judge.wait(std::chrono::seconds(30)), status);
  test::Program prepared({"run", "-q", "-t", file(), "--prepare-only"});
  EXPECT_EQ(prepared.wait(std::chrono::seconds(30)), 0);
}

TEST_F(OverSsh, AgentsProbeCaptureAndRespondAsAnyOther) {
  const test::SshServer server(site.folder(), with_hairpin);
  const auto collected = run();
  for (const auto* host : {"client1", "oc01"}) {
    const auto facts = facts_of(collected, host);
    EXPECT_EQ(facts.state, AgentState::ready) << facts.detail << server.log();
    EXPECT_LT(facts.clock_error, std::chrono::seconds(1));
  }
  ASSERT_GE(collected.observations.probes.size(), 3U);
  for (const auto& probe : collected.observations.probes) EXPECT_EQ(probe.end, End::answered) << probe.error;
  for (const auto& capture : collected.observations.captures)
    EXPECT_TRUE(capture.is_proven_before && capture.is_proven_after) << capture.error;
}

TEST_F(OverSsh, AKeyThatIsNotAcceptedIsNamedInTheWordsOfSsh) {
  with_hairpin.accepts_our_key = false;
  const test::SshServer server(site.folder(), with_hairpin);
  const auto facts = facts_of(run(), "oc01");
  EXPECT_EQ(facts.state, AgentState::unreachable);
  EXPECT_THAT(facts.detail, HasSubstr("could not log in at oc01 with ssh: "));
  EXPECT_THAT(facts.detail, HasSubstr("Permission denied (publickey)"));
  test::Program program({"run", "-q", "-t", file(), "-o", bundle()});
  EXPECT_EQ(program.wait(std::chrono::seconds(30)), 4);
}

TEST_F(OverSsh, AServerThatIsNotThereIsNamedInTheWordsOfSsh) {
  { const test::SshServer gone(site.folder(), with_hairpin); }
  const auto facts = facts_of(run(), "oc01");
  EXPECT_EQ(facts.state, AgentState::unreachable);
  EXPECT_THAT(facts.detail, HasSubstr("Connection refused"));
}

TEST_F(OverSsh, HairpinThatIsNotThereIsNamedAndMayBeElsewhere) {
  test::ServerOptions without;
  const test::SshServer server(site.folder(), without);
  options.remote_hairpin = "hairpin-of-nowhere";
  const auto missing = facts_of(run(), "oc01");
  EXPECT_EQ(missing.state, AgentState::unreachable);
  EXPECT_THAT(missing.detail, HasSubstr("could not start hairpin on oc01: there is no hairpin-of-nowhere; "));
  EXPECT_THAT(missing.detail, HasSubstr("--remote-hairpin"));
  options.remote_hairpin = HAIRPIN_PROGRAM;
  const auto found = facts_of(run(), "oc01");
  EXPECT_EQ(found.state, AgentState::ready) << found.detail;
}

TEST_F(OverSsh, ALoginThatPrintsIsNotTakenForAnAgent) {
  with_hairpin.more = "ForceCommand echo Welcome to this host; exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n";
  const test::SshServer server(site.folder(), with_hairpin);
  const auto began = std::chrono::steady_clock::now();
  const auto facts = facts_of(run(), "oc01");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  EXPECT_EQ(facts.state, AgentState::unreachable);
  EXPECT_THAT(facts.detail, HasSubstr("has to work and to print nothing"));
}

TEST_F(OverSsh, ManyHostsBehindOneServerAreNotTurnedAway) {
  with_hairpin.more = "MaxStartups 10:100:10\n";  // the default turns away by chance
  const test::SshServer server(site.folder(), with_hairpin);
  auto topology = site.topology("ssh:client1", "ssh:oc01");
  for (int i = 2; i <= 20; ++i) {
    auto host = topology.hosts[0];
    host.name = "client" + std::to_string(i);
    host.addresses = {*parse_address("127.0.1." + std::to_string(i))};
    topology.hosts.push_back(host);
  }
  options.prepare_only = true;
  const auto collected = test::collect_from(topology, options);
  for (const auto& host : topology.hosts) {
    const auto facts = facts_of(collected, host.name);
    EXPECT_EQ(facts.state, host.agent ? AgentState::ready : AgentState::none) << host.name << facts.detail;
  }
}

TEST_F(OverSsh, ASessionThatDiesMidRunLosesItsAgentOnBothSides) {
  const test::SshServer server(site.folder(), with_hairpin);
  std::set<test::Process> there;
  std::thread killer([&] {
    wait_until_it_probes();
    there = test::descendants(server.id());
    for (const auto& process : there)
      if (test::name_of(process) == "sshd") ::kill(process.first, SIGKILL);
  });
  const auto began = std::chrono::steady_clock::now();
  const auto collected = run(20);
  killer.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(15));
  for (const auto* host : {"client1", "oc01"}) {
    EXPECT_EQ(facts_of(collected, host).state, AgentState::lost);
    EXPECT_THAT(facts_of(collected, host).detail, HasSubstr("the agent was lost: "));
  }
  EXPECT_GE(there.size(), 4U);
  EXPECT_EQ(test::left_after(there, kEnds), "");
  EXPECT_EQ(test::descendants(::getpid()).size(), 1U);  // the server; every ssh was reaped
  EXPECT_FALSE(test::is_listening(kMemberListens));
}

TEST_F(OverSsh, AnInterruptedRunEndsSoonAndLeavesNothing) { expect_end_by(SIGINT, 130); }

TEST_F(OverSsh, ACoordinatorThatIsKilledLeavesNothing) { expect_end_by(SIGKILL, 128 + SIGKILL); }

}  // namespace
}  // namespace hairpin

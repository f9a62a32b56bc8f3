// SPDX-License-Identifier: Apache-2.0
// The coordinator with agents that live, die, refuse and are not there.
#include <gmock/gmock.h>
#include <unistd.h>

#include <thread>

#include "net/pki.hpp"
#include "runs.hpp"

namespace hairpin {
namespace {

using test::facts_of;

class Agents : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
  }
  Collected run(const Topology& topology) const { return test::collect_from(topology, options); }
  /// The site with so many virtual servers, which one after the other are probed: the run takes as much longer.
  Topology with_servers(std::size_t count) const {
    auto topology = site.topology();
    auto& servers = topology.pools[0].virtual_servers;
    servers.resize(count, servers[0]);
    for (std::size_t i = 0; i < count; ++i) servers[i].name = "mcu" + std::to_string(i);
    return topology;
  }
  test::Site site;
  RunOptions options = test::quiet_options();
};

TEST_F(Agents, ProbeCaptureAndRespondInOneRun) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  const auto collected = run(site.topology());
  const auto& seen = collected.observations;
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::ready) << facts_of(collected, "client1").detail;
  EXPECT_EQ(facts_of(collected, "oc01").state, AgentState::ready) << facts_of(collected, "oc01").detail;
  EXPECT_EQ(facts_of(collected, "bigip").state, AgentState::none);
  ASSERT_GE(seen.probes.size(), 3U);
  for (const auto& probe : seen.probes) {
    EXPECT_EQ(probe.end, End::answered) << probe.error;
    ASSERT_TRUE(probe.answer);
    EXPECT_EQ(probe.answer->name, "oc01");
    EXPECT_EQ(probe.answer->trip, probe.trip);
  }
  EXPECT_GE(seen.responders.size(), seen.probes.size());
  EXPECT_EQ(seen.hosts.size(), 4U);     // two hosts, before and after
  EXPECT_EQ(seen.captures.size(), 2U);  // `lo` of both
  for (const auto& capture : seen.captures) {
    EXPECT_TRUE(capture.is_proven_before && capture.is_proven_after) << capture.error;
    EXPECT_EQ(capture.malformed, 0U);
    EXPECT_GT(capture.kept, 0U);
  }
  EXPECT_GE(seen.packets.size(), 10 * seen.probes.size());
  EXPECT_FALSE(test::is_listening("127.0.0.2:18444"));  // nothing outlives the run
}

TEST_F(Agents, AreNamedWhenTheyAreNotThere) {
  const auto member = site.start_agent("oc01");
  const auto collected = run(site.topology());
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::unreachable);
  EXPECT_THAT(facts_of(collected, "client1").detail, testing::HasSubstr("client1.sock"));
  EXPECT_EQ(facts_of(collected, "oc01").state, AgentState::ready);
  EXPECT_TRUE(collected.observations.probes.empty());
}

TEST_F(Agents, ThatDieMidRunAreLostAndTheRunEnds) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  std::thread killer([&] {
    std::this_thread::sleep_for(milliseconds(500));
    client->signal(SIGKILL);
  });
  const auto topology = with_servers(6);
  const auto began = std::chrono::steady_clock::now();
  const auto collected = run(topology);
  killer.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::lost);
  EXPECT_EQ(facts_of(collected, "oc01").state, AgentState::ready);
  EXPECT_LT(collected.observations.probes.size(), 18U);  // it was on its way
}

TEST_F(Agents, ThatHangAreLostInBoundedTime) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  member->signal(SIGSTOP);
  const auto began = std::chrono::steady_clock::now();
  const auto collected = run(site.topology());
  member->signal(SIGCONT);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  EXPECT_EQ(facts_of(collected, "oc01").state, AgentState::lost);
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::ready);
}

TEST_F(Agents, ThatServeAnotherRunRefuse) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  const auto topology = with_servers(4);
  std::thread first([&] { static_cast<void>(run(topology)); });
  std::this_thread::sleep_for(milliseconds(600));
  const auto second = run(site.topology());
  first.join();
  EXPECT_EQ(facts_of(second, "oc01").state, AgentState::refused);
  EXPECT_THAT(facts_of(second, "oc01").detail, testing::HasSubstr("busy with run 01TEST since"));
  EXPECT_EQ(facts_of(run(site.topology()), "oc01").state, AgentState::ready);
}

TEST_F(Agents, StopProbingAtTheLimitAndKeepWhatWasSeen) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  const auto topology = with_servers(20);
  options.limit = std::chrono::seconds(2);
  const auto began = std::chrono::steady_clock::now();
  const auto collected = run(topology);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_GT(collected.observations.probes.size(), 0U);
  EXPECT_LT(collected.observations.probes.size(), 60U);
  EXPECT_FALSE(collected.observations.packets.empty());
  for (const auto& capture : collected.observations.captures) EXPECT_TRUE(capture.is_proven_after);
}

class AgentsOverTcp : public Agents {
 protected:
  void SetUp() override {
    Agents::SetUp();
    if (IsSkipped()) return;
    test::make_keys(site.folder() / "pki");
    options.pki_directory = (site.folder() / "pki").string();
  }
  std::unique_ptr<test::Program> start(const std::string& host, const std::string& at) const {
    return site.start_agent(host, {"--listen", at, "--pki", (site.folder() / "pki").string()});
  }
};

TEST_F(AgentsOverTcp, ServeACoordinatorWithACertificateOfTheirAuthority) {
  const auto client = start("client1", "127.0.0.1:7411");
  const auto member = start("oc01", "127.0.0.1:7412");
  const auto collected = run(site.topology("127.0.0.1:7411", "127.0.0.1:7412"));
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::ready) << facts_of(collected, "client1").detail;
  EXPECT_GE(collected.observations.probes.size(), 3U);
}

TEST_F(AgentsOverTcp, AreNotTalkedToWhenTheyAreSomebodyElse) {
  const auto client = start("client1", "127.0.0.1:7411");
  const auto wrong = start("client1", "127.0.0.1:7412");  // where oc01 should be
  const auto collected = run(site.topology("127.0.0.1:7411", "127.0.0.1:7412"));
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::ready) << facts_of(collected, "client1").detail;
  EXPECT_EQ(facts_of(collected, "oc01").state, AgentState::unreachable);
}

TEST_F(AgentsOverTcp, RefuseAnOperatorOfAnotherAuthority) {
  const auto client = start("client1", "127.0.0.1:7411");
  test::make_keys(site.folder() / "other");
  options.pki_directory = (site.folder() / "other").string();
  const auto collected = run(site.topology("127.0.0.1:7411", "127.0.0.1:7412"));
  EXPECT_NE(facts_of(collected, "client1").state, AgentState::ready);
  EXPECT_FALSE(facts_of(collected, "client1").detail.empty());
}

TEST_F(AgentsOverTcp, RefuseACertificateThatIsNoOperators) {
  const auto client = start("client1", "127.0.0.1:7411");
  const auto pki = site.folder() / "pki";
  const net::CertificateRequest request{"oc09", {"oc09"}, {}, std::chrono::hours(1), true, true};
  ASSERT_TRUE(net::write_issued(pki.string(), request, "oc09"));
  const auto impostor = site.folder() / "impostor";
  std::filesystem::create_directory(impostor);
  std::filesystem::copy_file(pki / "ca.crt", impostor / "ca.crt");
  std::filesystem::copy_file(pki / "oc09.crt", impostor / "operator.crt");
  std::filesystem::copy_file(pki / "oc09.key", impostor / "operator.key");
  options.pki_directory = impostor.string();
  const auto collected = run(site.topology("127.0.0.1:7411", "127.0.0.1:7412"));
  EXPECT_NE(facts_of(collected, "client1").state, AgentState::ready);
}

TEST_F(AgentsOverTcp, NeedKeysToBeTalkedTo) {
  options.pki_directory.clear();
  const auto collected = run(site.topology("127.0.0.1:7411", "127.0.0.1:7412"));
  EXPECT_EQ(facts_of(collected, "client1").state, AgentState::refused);
  EXPECT_THAT(facts_of(collected, "client1").detail, testing::HasSubstr("--pki"));
}

}  // namespace
}  // namespace hairpin

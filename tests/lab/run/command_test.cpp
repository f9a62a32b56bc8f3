// SPDX-License-Identifier: Apache-2.0
// The program as people run it.
#include <gmock/gmock.h>

#include <thread>

#include "runs.hpp"

namespace hairpin {
namespace {

class Command : public test::ProgramOnASite {};

TEST_F(Command, UsageErrorsAreTwo) {
  EXPECT_EQ(hairpin({}), 2);
  EXPECT_EQ(hairpin({"fly"}), 2);
  EXPECT_EQ(hairpin({"run"}), 2);
  EXPECT_EQ(hairpin({"run", "-t", "/nowhere.yaml"}), 2);
  EXPECT_EQ(hairpin({"explain", "retrun-path"}), 2);
  EXPECT_EQ(hairpin({"judge", "/nowhere"}), 2);
  EXPECT_EQ(hairpin({"agent", "--name", "oc01", "--listen", "here"}), 2);
  EXPECT_EQ(hairpin({"agent", "--name", "oc01"}), 2);
  EXPECT_EQ(hairpin({"agent", "--name", "oc01", "--stdio", "--listen", "unix:/nowhere.sock"}), 2);
  EXPECT_EQ(hairpin({"run", "-t", file(), "--remote-hairpin", "a; b"}), 2);
}

TEST_F(Command, HelpAndVersionAreZero) {
  for (const auto* command : {"run", "judge", "lab", "agent", "explain", "checks", "pki"})
    EXPECT_EQ(hairpin({command, "--help"}), 0) << command;
  EXPECT_EQ(hairpin({"--version"}), 0);
  EXPECT_EQ(hairpin({"explain", "return-path"}), 0);
  EXPECT_EQ(hairpin({"checks", "--json"}), 0);
  EXPECT_EQ(hairpin({"run", "-t", file(), "--dry-run"}), 0);
}

TEST_F(Command, RunWithoutAgentsIsFour) {
  EXPECT_EQ(hairpin({"run", "-q", "-t", file(), "-o", bundle()}), 4);
  EXPECT_EQ(hairpin({"run", "-q", "-t", file(), "--prepare-only"}), 4);
}

TEST_F(Command, RunLeavesABundleThatJudgesTheSame) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  EXPECT_EQ(hairpin({"run", "-q", "-t", file(), "--prepare-only"}), 0);
  const auto status = hairpin({"run", "-q", "-t", file(), "-o", bundle()});
  ASSERT_TRUE(status);
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), status);
  EXPECT_TRUE(std::filesystem::exists(bundle() + "/captures/client1-lo.pcap"));
  EXPECT_TRUE(std::filesystem::exists(bundle() + "/run.json"));
}

TEST_F(Command, InterruptedRunIsOneHundredThirtyAndFreesTheAgents) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  test::Program run({"run", "-q", "-t", file(), "-o", bundle()});
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!test::is_listening("127.0.0.2:18444") && std::chrono::steady_clock::now() < until) continue;
  run.signal(SIGINT);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run.wait(std::chrono::seconds(5)), 130);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1000));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_FALSE(test::is_listening("127.0.0.2:18444"));
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

TEST_F(Command, PkiNeverOverwrites) {
  const auto pki = (site.folder() / "keys").string();
  EXPECT_EQ(hairpin({"pki", "init", pki}), 0);
  EXPECT_EQ(hairpin({"pki", "init", pki}), 2);
  EXPECT_EQ(hairpin({"pki", "issue", pki, "oc01", "--address", "10.99.0.21"}), 0);
  EXPECT_EQ(hairpin({"pki", "issue", pki, "oc01"}), 2);
  EXPECT_EQ(hairpin({"pki", "issue", pki, "oc02", "--address", "10.99.0"}), 2);
}

}  // namespace
}  // namespace hairpin

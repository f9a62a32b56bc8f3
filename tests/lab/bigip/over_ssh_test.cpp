// SPDX-License-Identifier: Apache-2.0
// Runs that ask a load balancer through a real sshd; what answers there is a stand-in for tmsh with recorded outputs.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "asked_site.hpp"
#include "checks/check.hpp"
#include "hairpin/bigip/line.hpp"
#include "tests/lab/run/runs.hpp"
#include "tests/lab/ssh/server.hpp"
#include "tests/support/files.hpp"

namespace hairpin {
namespace {

using test::text_of;
using testing::HasSubstr;

class StandInOverSsh : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    if (!test::want_of_server().empty()) GTEST_SKIP() << test::want_of_server();
    std::filesystem::create_directory(site.folder() / "bin");
    std::filesystem::create_symlink(HAIRPIN_STAND_IN, site.folder() / "bin" / "tmsh");
    with_tmsh.path = (site.folder() / "bin").string() + ":/usr/bin:/bin";
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    ::setenv("HAIRPIN_SSH", (site.folder() / "ssh").c_str(), 1);
    agents.push_back(site.start_agent("client1"));
    agents.push_back(site.start_agent("oc01"));
  }
  void TearDown() override { ::unsetenv("HAIRPIN_SSH"); }

  /// The site with a balancer that is asked; the file's name.
  std::string write_topology() const {
    const auto file = (site.folder() / "site.yaml").string();
    std::ofstream(file) << test::text_with_balancer(site, "state: { bigip: \"ssh:root@bigip\" }");
    return file;
  }
  void misbehave(const std::string& mode) const { std::ofstream(site.folder() / "mode") << mode << '\n'; }

  Topology topology() const {
    BigipState state;
    state.ssh = "root@bigip";
    return test::topology_with_balancer(site, state);
  }

  static Collected collect_from(const Topology& asked) { return test::collect_from(asked, test::quiet_options()); }
  static Finding finding(const Topology& asked, const Collected& collected, const std::string& id) {
    const auto run = checks::judge(asked, make_plan(asked), collected.observations);
    for (const auto& one : run.findings)
      if (one.id == id) return one;
    ADD_FAILURE() << id;
    return {};
  }
  /// What a run without the balancer's word finds of the paths is what one with it finds.
  void expect_paths_as_without(const Topology& asked, const Collected& collected) const {
    const auto reachable = finding(asked, collected, "reachability/pool01/mcu/client1/oc01/ipv4");
    EXPECT_EQ(reachable.verdict, Verdict::pass) << reachable.summary;
    for (const auto& one : checks::judge(asked, make_plan(asked), collected.observations).findings) EXPECT_NE(one.verdict, Verdict::fail) << one.id << one.summary;
  }

  test::Site site;
  test::ServerOptions with_tmsh;
  std::vector<std::unique_ptr<test::Program>> agents;
};

constexpr const char* kVantage = "vantage/bigip";
constexpr const char* kState = "state/pool01/mcu/client1/oc01/ipv4";

TEST_F(StandInOverSsh, IsReadBeforeWhileAndAfterARunProbes) {
  const test::SshServer server(site.folder(), with_tmsh);
  const auto asked = topology();
  const auto collected = collect_from(asked);
  ASSERT_EQ(collected.observations.balancers.size(), 1u);
  const auto& facts = collected.observations.balancers[0];
  EXPECT_THAT(facts.missing, testing::IsEmpty()) << server.log();
  EXPECT_EQ(facts.before, UnitState::active);
  EXPECT_EQ(facts.after, UnitState::active);
  EXPECT_EQ(facts.answered, facts.asked);
  ASSERT_EQ(facts.resets.size(), 1u);
  EXPECT_EQ(facts.resets[0].cause, "No local listener");
  EXPECT_EQ(facts.resets[0].count, 1u);
  ASSERT_EQ(facts.persistence.size(), 1u) << "another key than an address is not kept";
  EXPECT_EQ(facts.services.size(), 2u);
  EXPECT_FALSE(collected.observations.connections.empty());
  EXPECT_EQ(finding(asked, collected, kState).verdict, Verdict::pass);
  EXPECT_EQ(finding(asked, collected, kVantage).verdict, Verdict::pass);
  const auto path = finding(asked, collected, "return-path/pool01/mcu/client1/oc01/ipv4");
  EXPECT_TRUE(std::any_of(path.evidence.begin(), path.evidence.end(), [](const Evidence& one) { return one.vantage == "bigip/state"; }));
  expect_paths_as_without(asked, collected);
}

TEST_F(StandInOverSsh, IsAskedNothingButTheFixedReadOnlyCommands) {
  const test::SshServer server(site.folder(), with_tmsh);
  collect_from(topology());
  std::istringstream lines(text_of(site.folder() / "asked"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(line.starts_with("show ")) << line;
  EXPECT_GE(count, 8u);
}

TEST_F(StandInOverSsh, ATableThatNamesAnotherMemberIsContradictedNotBelieved) {
  misbehave("lies");
  const test::SshServer server(site.folder(), with_tmsh);
  const auto asked = topology();
  const auto collected = collect_from(asked);
  const auto state = finding(asked, collected, kState);
  EXPECT_EQ(state.cause, "state.differs-from-observed") << state.summary;
  EXPECT_THAT(state.reason, HasSubstr("127.0.0.3:18444"));
  expect_paths_as_without(asked, collected);
}

TEST_F(StandInOverSsh, AUnitThatStandsByIsNoVantage) {
  misbehave("standby");
  const test::SshServer server(site.folder(), with_tmsh);
  const auto asked = topology();
  const auto collected = collect_from(asked);
  EXPECT_EQ(finding(asked, collected, kVantage).cause, "vantage.standby-unit");
  expect_paths_as_without(asked, collected);
}

struct Misbehaviour {
  const char* mode;
  const char* reason;
};

class Misbehaving : public StandInOverSsh, public testing::WithParamInterface<Misbehaviour> {};

TEST_P(Misbehaving, IsAMissingVantageAndFailsNoPath) {
  misbehave(GetParam().mode);
  const test::SshServer server(site.folder(), with_tmsh);
  const auto asked = topology();
  const auto collected = collect_from(asked);
  const auto vantage = finding(asked, collected, kVantage);
  EXPECT_EQ(vantage.cause, "vantage.no-state") << vantage.summary;
  EXPECT_THAT(vantage.reason, HasSubstr(GetParam().reason));
  EXPECT_EQ(vantage.reason.find('\033'), std::string::npos);
  EXPECT_TRUE(collected.observations.connections.empty());
  expect_paths_as_without(asked, collected);
}

INSTANTIATE_TEST_SUITE_P(Each, Misbehaving,
                         testing::Values(Misbehaviour{"silent", "no answer in 5 s"}, Misbehaviour{"flood", "longer than is read"},
                                         Misbehaviour{"junk", "was not understood"}, Misbehaviour{"refuses", "the user has no role for this"}),
                         [](const auto& one) { return std::string(one.param.mode); });

TEST_F(StandInOverSsh, AHostThatIsNotThereIsAMissingVantage) {
  { const test::SshServer gone(site.folder(), with_tmsh); }
  const auto asked = topology();
  const auto collected = collect_from(asked);
  const auto vantage = finding(asked, collected, kVantage);
  EXPECT_EQ(vantage.cause, "vantage.no-state");
  EXPECT_THAT(vantage.reason, HasSubstr("could not log in at root@bigip with ssh"));
  EXPECT_EQ(collected.observations.balancers[0].asked, 1u) << "nobody is asked again";
  expect_paths_as_without(asked, collected);
}

TEST_F(StandInOverSsh, AShellWithoutTmshIsNamed) {
  with_tmsh.path = "/usr/bin:/bin";
  const test::SshServer server(site.folder(), with_tmsh);
  const auto asked = topology();
  EXPECT_THAT(finding(asked, collect_from(asked), kVantage).reason, HasSubstr("there is no tmsh at root@bigip"));
}

TEST_F(StandInOverSsh, AnInterruptedRunWaitsForNoAnswerAndLeavesNothing) {
  misbehave("silent");
  const test::SshServer server(site.folder(), with_tmsh);
  test::Program run({"run", "-q", "-t", write_topology(), "-o", (site.folder() / "bundle").string()});
  ASSERT_TRUE(test::is_there_within(site.folder() / "asked", std::chrono::seconds(20)));
  auto all = test::descendants(server.id());
  all.merge(test::descendants(run.id()));
  run.signal(SIGINT);
  EXPECT_EQ(run.wait(std::chrono::seconds(4)), 130) << "less than a question may take";
  EXPECT_EQ(test::left_after(all, std::chrono::seconds(10)), "");
}

TEST_F(StandInOverSsh, TheWholeProgramJudgesTheSameAgain) {
  const test::SshServer server(site.folder(), with_tmsh);
  const auto file = write_topology(), bundle = (site.folder() / "bundle").string();
  test::Program run({"run", "-q", "-t", file, "-o", bundle});
  const auto status = run.wait(std::chrono::seconds(60));
  ASSERT_TRUE(status);
  test::Program judge({"judge", "-q", bundle});
  EXPECT_EQ(judge.wait(std::chrono::seconds(30)), status);
  EXPECT_THAT(text_of(bundle + "/observations.jsonl"), HasSubstr("\"kind\":\"balancer\""));
  EXPECT_THAT(text_of(bundle + "/report.txt"), HasSubstr("bigip was asked"));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// `hairpin load` as people run it.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "hairpin/load/judge.hpp"
#include "reports/load_text.hpp"
#include "runs.hpp"
#include "tests/support/files.hpp"

namespace hairpin {
namespace {

class LoadCommand : public test::ProgramOnASite {
 protected:
  LoadCommand() { limit = std::chrono::seconds(60); }
  std::vector<std::string> load(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"load", "-q", "-t", file()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::optional<reports::LoadReportData> written() const {
    auto data = reports::read_load_json(test::text_of(bundle() + "/load.json"));
    EXPECT_TRUE(data) << describe(data.error());
    return data ? std::optional(std::move(*data)) : std::nullopt;
  }
};

TEST_F(LoadCommand, UsageErrorsAreTwoAndNobodyIsAsked) {
  for (const auto& options : std::vector<std::vector<std::string>>{{},
                                                                  {"--rate", "5", "--virtual-server", "nowhere"},
                                                                  {"--rate", "5", "-6"},
                                                                  {"--rate", "5", "--from", "nobody"},
                                                                  {"--rate", "5", "--arrivals", "closed"},
                                                                  {"--rate", "5", "--search", "5"},
                                                                  {"--rate", "nan"},
                                                                  {"--search", "nan"},
                                                                  {"--test", "concurrent", "--transactions", "1"},
                                                                  {"--rate", "5", "--object", "many"},
                                                                  {"--rate", "5", "--source-ports", "9"},
                                                                  {"--rate", "5", "--source-ports", "63000-64000"},
                                                                  {"--rate", "5", "--source-ports", "20000-20998"},
                                                                  {"--rate", "5", "--source-addresses", "127.0.0.9"},
                                                                  {"--test", "concurrent", "--rate", "5"}})
    EXPECT_EQ(hairpin(load(options)), 2) << testing::PrintToString(options);
  EXPECT_EQ(hairpin(load({"--rate", "5", "--dry-run"})), 0);
  EXPECT_EQ(hairpin(load({"--rate", "5", "--dry-run", "--source-ports", "20000-20999", "--source-addresses", "127.0.0.1"})), 0);
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

TEST_F(LoadCommand, PrepareOnlySaysWhetherALoadCouldBeMade) {
  const auto client = site.start_agent("client1");
  EXPECT_EQ(hairpin(load({"--rate", "5", "--prepare-only", "-o", bundle()})), 3);
  const auto member = site.start_agent("oc01");
  EXPECT_EQ(hairpin(load({"--rate", "5", "--prepare-only", "-o", bundle()})), 0);
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

TEST_F(LoadCommand, LeavesABundleThatJudgesTheSame) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  const auto status = hairpin(load({"--rate", "20", "--seconds", "4", "--quick", "-o", bundle(), "--junit", bundle() + ".xml"}));
  ASSERT_TRUE(status);
  ASSERT_TRUE(written());
  EXPECT_EQ(written()->load->sustained.completed, 80U);
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), status);
  EXPECT_TRUE(std::filesystem::exists(bundle() + ".xml"));
  std::ofstream(bundle() + "/load.json") << "{}";
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), 2);
  std::filesystem::remove(bundle() + "/load.json");  // it is no run for that
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), 2);
}

/// Of two equal loads the agent makes one: 7 s of each count.
TEST_F(LoadCommand, IsInconclusiveWhereAnAgentRefusesTheRepeat) {
  const auto client = site.start_agent("client1", {"--listen", "unix:" + site.socket("client1"), "--load-ceiling", site.write_ceiling(9)});
  const auto member = site.start_agent("oc01");
  EXPECT_EQ(hairpin(load({"--rate", "20", "--seconds", "4", "--quick", "--repeat", "2", "--no-direct", "--member-wait", "0", "-o", bundle()})), 3);
  auto data = written();
  ASSERT_TRUE(data && data->load);
  EXPECT_EQ(data->load->sustained.completed, 80U);
  EXPECT_THAT(data->not_repeated, testing::HasSubstr("1 of 2 loads were made: client1: "));
  EXPECT_THAT(data->not_repeated, testing::HasSubstr("this host lends 9"));
  data->load->health.lateness_us = 0;  // a busy machine comes first
  EXPECT_THAT(judge_load(site.topology(), *data).findings.front().summary, testing::HasSubstr("not every load was made"));
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), 3);
}

TEST_F(LoadCommand, ReportsWhatItMeasuredWhenItIsInterrupted) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  test::Program program(load({"--rate", "20", "--seconds", "60", "--quick", "-o", bundle()}));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!test::is_listening("127.0.0.2:18444") && std::chrono::steady_clock::now() < until) continue;
  std::this_thread::sleep_for(std::chrono::seconds(4));  // into the load
  program.signal(SIGINT);
  EXPECT_EQ(program.wait(std::chrono::seconds(10)), 130);
  const auto data = written();
  ASSERT_TRUE(data && data->load);
  EXPECT_EQ(data->load->stopped, "it was interrupted");
  EXPECT_GT(data->load->counts.completed, 0U);
  EXPECT_FALSE(data->load->seconds.empty());
  EXPECT_EQ(hairpin({"judge", "-q", bundle()}), 3);
}

TEST_F(LoadCommand, EndsAtItsLimitAndIsInconclusive) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  EXPECT_EQ(hairpin(load({"--rate", "20", "--seconds", "60", "--quick", "--limit", "4", "-o", bundle()})), 3);
  ASSERT_TRUE(written() && written()->load);
  EXPECT_EQ(written()->load->stopped, "the time was over (--limit)");
}

}  // namespace
}  // namespace hairpin

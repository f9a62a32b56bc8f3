// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/json.hpp"
#include "evidence/finding.hpp"
#include "tests/support/namespaces.hpp"
#include "tests/support/output.hpp"

/// What a matching BIG-IP configuration predicts is what the lab shows, for every mode and SNAT.
namespace hairpin {
namespace {

struct Site {
  const char* mode;
  const char* snat;
};

std::string name_of(const Site& site) { return std::string(site.mode) + "-" + site.snat; }

class PredictEqualsObserve : public testing::TestWithParam<Site> {};

TEST_P(PredictEqualsObserve, ForEveryPair) {
  const auto& site = GetParam();
  const auto bundle = std::filesystem::temp_directory_path() / ("hairpin-compare-" + name_of(site) + "-" + std::to_string(::getpid()));
  const auto command = std::string(HAIRPIN_PROGRAM) + " lab run --name cmp-" + name_of(site) + " --mode " + site.mode + " --snat " + site.snat +
                       " --compare --json -q --out " + bundle.string() + " 2>&1";
  const auto text = test::output_of(command);
  std::filesystem::remove_all(bundle);
  const auto document = parse_json(text, "run.json");
  if (!document && !test::may_have_labs()) GTEST_SKIP() << "no lab here: " << text.substr(0, 300);
  ASSERT_TRUE(document) << text;
  const auto run = run_from_json(*document);
  ASSERT_TRUE(run) << describe(run.error());
  std::size_t pairs = 0, broken = 0;
  for (const auto& finding : run->findings) {
    if (finding.check != "config" || finding.verdict == Verdict::skip) continue;
    ++pairs;
    EXPECT_EQ(finding.verdict, Verdict::pass) << finding.id << ": " << finding.summary << " / expected " << finding.expected << ", observed " << finding.observed;
    if (finding.expected.starts_with("asymmetric-certain")) ++broken;
  }
  const bool is_npath = std::string(site.mode) == "npath";
  EXPECT_EQ(pairs, is_npath ? 4u : 6u);  // a member that holds the VIP itself reaches only itself
  EXPECT_EQ(broken, std::string(site.snat) == "none" && !is_npath ? 4u : 0u);
}

INSTANTIATE_TEST_SUITE_P(Lab, PredictEqualsObserve,
                         testing::Values(Site{"fastl4", "none"}, Site{"fastl4", "automap"}, Site{"fastl4", "pool"}, Site{"standard", "none"},
                                         Site{"standard", "automap"}, Site{"terminate", "none"}, Site{"reencrypt", "automap"}, Site{"npath", "none"}),
                         [](const auto& row) { return std::string(row.param.mode) + "_" + row.param.snat; });

}  // namespace
}  // namespace hairpin

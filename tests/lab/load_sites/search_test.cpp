// SPDX-License-Identifier: Apache-2.0
// Searches for a maximum and a knee that are known before, and searches that end for another reason. Five minutes, on a machine that
// does nothing else: `scripts/test capacity`. Where it was busy, what was found is a lower bound, and the test is skipped.
#include <fmt/format.h>

#include "site_load.hpp"

namespace hairpin {
namespace {

using namespace test;
using testing::HasSubstr;

class SearchOnASite : public LoadOfASite {
 protected:
  /// A balancer that accepts `limit` new connections a second. Whatever the machine does meanwhile, no rate is kept that is more than a
  /// step of the search (2 %) beyond it, and no more is measured.
  void search(int limit, const std::string& options) {
    load(fmt::format("--mode standard --snat automap --fault balancer-limit={}", limit), options);
    if (IsSkipped()) return;
    text = reports::load_text(data);
    std::puts(text.substr(0, text.find("\n\n", text.find("Search"))).c_str());
    ASSERT_TRUE(data.load);
    EXPECT_LE(data.search.highest_kept, 1.02 * limit);
    EXPECT_LE(checks::figures_of(*data.load).transactions_per_second, 1.02 * limit);
    if (data.search.limit.empty()) return;
    EXPECT_THAT(text, HasSubstr("at least "));
    GTEST_SKIP() << "this machine is too busy to tell: " << data.search.limit;
  }
  std::string text;
};

TEST_F(SearchOnASite, FindsTheMaximum) {
  search(100, "--search 120 --seconds 4");
  if (IsSkipped()) return;
  EXPECT_GE(data.search.highest_kept, 97) << text;
  EXPECT_THAT(text, HasSubstr("highest rate that kept the rules: "));
}

/// A tenth of the rate has to have a thousand transactions in 20 s, for there to be a p99.
TEST_F(SearchOnASite, FindsTheMaximumAndTheKnee) {
  search(400, "--search 500 --quick --seconds 20");
  if (IsSkipped()) return;
  EXPECT_GE(data.search.highest_kept, 388) << text;
  ASSERT_TRUE(data.search.knee) << data.search.knee_unknown;
  EXPECT_GE(*data.search.knee, 380);
  EXPECT_LE(*data.search.knee, 420);
  EXPECT_THAT(text, HasSubstr("knee: from "));
}

TEST_F(SearchOnASite, FindsALowerBoundWhereNothingWasBroken) {
  search(400, "--search 60 --seconds 4");
  if (IsSkipped()) return;
  EXPECT_EQ(data.search.highest_kept, 60);
  EXPECT_THAT(text, HasSubstr("at least 60 /s: all that was asked for"));
}

/// 20 connections that rest for a second after the first of their two transactions make 40 a second.
TEST_F(SearchOnASite, FindsALowerBoundWhereTheGeneratorWasTheLimit) {
  load("--mode standard --snat automap", "--search 60 --seconds 4 --transactions 2 --think 1000 --connections 20");
  if (IsSkipped()) return;
  EXPECT_LE(data.search.highest_kept, 40);
  EXPECT_NE(data.search.limit, "");
  EXPECT_THAT(reports::load_text(data), HasSubstr("at least "));
  EXPECT_NE(run.verdict, Verdict::pass);
}

}  // namespace
}  // namespace hairpin

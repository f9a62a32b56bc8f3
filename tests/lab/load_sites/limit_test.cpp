// SPDX-License-Identifier: Apache-2.0
// Loads below and above what a balancer is known to carry: 100 new connections a second.
#include "site_load.hpp"

namespace hairpin {
namespace {

using namespace test;

constexpr const char* kLimited = "--mode standard --snat automap --fault balancer-limit=100";

TEST_F(LoadOfASite, IsCarriedBelowALimit) {
  load(kLimited, "--rate 60 --seconds 4");
  if (IsSkipped()) return;
  ASSERT_TRUE(data.load);
  EXPECT_EQ(data.load->counts.completed, data.load->counts.attempted) << data.load->first_failure;
  EXPECT_EQ(faults(), std::set<std::string>());
}

/// Nothing fails: what is beyond it waits. However busy this machine is, no more is measured, and the load does not pass.
TEST_F(LoadOfASite, IsNotCarriedAboveIt) {
  load(kLimited, "--rate 140 --seconds 4");
  if (IsSkipped()) return;
  ASSERT_TRUE(data.load);
  EXPECT_EQ(data.load->counts.completed, data.load->counts.attempted) << data.load->first_failure;
  EXPECT_LE(checks::figures_of(*data.load).transactions_per_second, 102);
  EXPECT_NE(run.verdict, Verdict::pass);
  for (const auto& cause : causes(Verdict::fail)) EXPECT_EQ(cause, "load.behind");
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Equal loads of which one is not made, or not to its end: what was made before stays as it was.
#include "loads.hpp"

namespace hairpin {
namespace {

using test::Loads;
using testing::HasSubstr;

/// 3.5 s of each load count.
TEST_F(Loads, AreNotRepeatedWhereAnAgentHasLentWhatItLends) {
  const auto client = site.start_agent("client1", {"--listen", "unix:" + site.socket("client1"), "--load-ceiling", site.write_ceiling(7)});
  const auto member = site.start_agent("oc01");
  options.repeats = 3;
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  ASSERT_EQ(results.repeats.size(), 1U);
  EXPECT_EQ(results.final->whole.sustained.completed, 100U);
  EXPECT_EQ(results.repeats.front().whole.sustained.completed, 100U);
  EXPECT_EQ(results.repeats.front().whole.stopped, "");
  EXPECT_THAT(results.impossible, HasSubstr("client1: "));
  EXPECT_THAT(results.impossible, HasSubstr("10 seconds, with those before it in this run: this host lends 7"));
}

/// Killed when the first load is over. The second one is hardly ever begun by then; if it is, it ends.
TEST_F(Loads, AreNotRepeatedWhenAnAgentEndsBetweenThem) {
  for (const auto* const who : {"client1", "oc01"}) {
    const auto client = site.start_agent("client1");
    const auto member = site.start_agent("oc01");
    const auto& killed = std::string(who) == "oc01" ? *member : *client;
    options.repeats = 2;
    const Beside kill = [&killed](const LoadResults& results) -> net::Task<> {
      while (!results.final && results.impossible.empty()) co_await net::sleep_for(milliseconds(5));
      killed.signal(SIGKILL);
    };
    const auto results = load(kill);
    ASSERT_TRUE(results.final) << who << ": " << results.impossible;
    EXPECT_EQ(results.final->whole.sustained.completed, 100U) << who;
    EXPECT_EQ(results.final->whole.stopped, "") << who;
    EXPECT_EQ(results.final->served.size(), 1U) << who;
    EXPECT_TRUE(results.repeats.empty()) << who << ": one that was stopped early is none of several equal ones";
    EXPECT_THAT(results.impossible, testing::AnyOf(HasSubstr("client1: "), HasSubstr("was stopped early: "))) << who;
  }
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Trips that are made while a load goes on: the checks of a run judge them, as far as they can see.
#include "checks/load/sampled.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scene/scene.hpp"

namespace hairpin::checks {
namespace {

using testing::HasSubstr;

/// Beside a load captures are never proven: what they do not see says nothing.
class Sampled : public testing::Test {
 protected:
  std::vector<Finding> judged(const std::string& limit = {}) {
    for (auto& capture : scene.observations.captures) capture.is_proven_before = capture.is_proven_after = false;
    return judge_sampled(scene.topology, make_plan(scene.topology), scene.observations, limit);
  }
  const Finding* find(const std::vector<Finding>& findings, const std::string& check, const std::string& source, const std::string& member = {}) {
    for (const auto& finding : findings)
      if (finding.check == check && finding.subject.source == source && finding.subject.member == member) return &finding;
    return nullptr;
  }
  test::Scene scene;
};

TEST_F(Sampled, PassesWhatCameBackTheWayItWentOut) {
  for (int i = 0; i < 3; ++i) scene.answered("client1", "oc01");
  const auto findings = judged();
  const auto* path = find(findings, "return-path", "client1", "oc01");
  ASSERT_NE(path, nullptr);
  EXPECT_EQ(path->verdict, Verdict::pass);
  EXPECT_THAT(path->summary, HasSubstr("sampled during the load"));
  for (const auto& finding : findings) {
    EXPECT_NE(finding.check, "coverage") << "a load does not promise to meet everybody";
    EXPECT_GT(finding.attempts, 0U) << finding.id;
    EXPECT_NE(finding.verdict, Verdict::inconclusive) << finding.id;
  }
}

TEST_F(Sampled, FailsWhatTheCapturesShowEvenAtTheGeneratorsLimit) {
  for (int i = 0; i < 3; ++i) scene.answered("client1", "oc01");
  scene.third_address("oc01", "oc02");
  for (const auto* limit : {"", "its threads used 95 % of their CPUs"}) {
    const auto findings = judged(limit);
    const auto* path = find(findings, "return-path", "oc01", "oc02");
    ASSERT_NE(path, nullptr);
    EXPECT_EQ(path->verdict, Verdict::fail);
    EXPECT_EQ(path->cause, "return-path.bypasses-load-balancer");
  }
}

TEST_F(Sampled, DoesNotBlameTheNetworkForWhatAnExhaustedHostDidNotHear) {
  scene.vip_refuses("client1");
  const auto well = judged();
  const auto* refused = find(well, "reachability", "client1");
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->verdict, Verdict::fail);
  const auto limited = judged("its threads used 95 % of their CPUs");
  const auto* unknown = find(limited, "reachability", "client1");
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->verdict, Verdict::inconclusive);
  EXPECT_EQ(unknown->cause, "");
  EXPECT_THAT(unknown->reason, HasSubstr("95 %"));
}

TEST_F(Sampled, LeavesToARunWhatSamplesDoNotShow) {
  for (const auto* host : {"client1", "oc01", "oc02", "bigip"}) scene.blind(host);
  for (int i = 0; i < 3; ++i) scene.answered("client1", "oc01");
  for (const auto& finding : judged()) {
    EXPECT_NE(finding.verdict, Verdict::inconclusive) << finding.id;
    EXPECT_TRUE(finding.verdict != Verdict::skip || !finding.reason.empty()) << finding.id;
  }
}

TEST_F(Sampled, SaysNothingWhereNoneWasMade) { EXPECT_TRUE(judged().empty()); }

TEST_F(Sampled, AreCountedByWhoAnswered) {
  scene.answered("client1", "oc01");
  scene.answered("client1", "oc02");
  scene.answered("client1", "oc01");
  scene.vip_refuses("client1");
  const auto counts = count_sampled(scene.observations);
  EXPECT_EQ(counts.attempted, 4U);
  EXPECT_EQ(counts.answered, 3U);
  EXPECT_EQ(counts.members, (std::vector<MemberShare>{{"oc01", 2}, {"oc02", 1}}));
}

}  // namespace
}  // namespace hairpin::checks

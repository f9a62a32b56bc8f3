// SPDX-License-Identifier: Apache-2.0
// The seed case as literals: what the report has to say, judged without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scene/scene.hpp"

namespace hairpin {
namespace {

using test::Scene;
using testing::HasSubstr;

void probe_everything(Scene& scene, bool is_proxied) {
  for (int i = 0; i < 3; ++i) {
    for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member, {.is_proxied = is_proxied});
    for (const auto* source : {"oc01", "oc02"}) {
      const auto* other = source == std::string("oc01") ? "oc02" : "oc01";
      if (is_proxied) {
        scene.proxied_third_address(source, other);
        scene.proxied_self_hairpin(source);
      } else {
        scene.third_address(source, other);
        scene.self_hairpin(source);
      }
    }
  }
}

class SeedCase : public testing::TestWithParam<std::tuple<Family, bool>> {
 protected:
  SeedCase() : scene(std::get<0>(GetParam())) { probe_everything(scene, std::get<1>(GetParam())); }
  Scene scene;
};
INSTANTIATE_TEST_SUITE_P(Checks, SeedCase,
                         testing::Combine(testing::Values(Family::ipv4, Family::ipv6), testing::Bool()));

TEST_P(SeedCase, NamesTheThirdAddressAndItsMac) {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, "return-path/pool01/mcu-factory/oc01/oc02");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->verdict, Verdict::fail);
  EXPECT_EQ(finding->cause, "return-path.bypasses-load-balancer");
  EXPECT_EQ(finding->grade, Grade::violated);
  EXPECT_THAT(finding->observed, HasSubstr(to_string(scene.service("oc02"))));
  EXPECT_THAT(finding->observed, HasSubstr(to_string(scene.mac("oc02"))));
  EXPECT_EQ(finding->attempts, 3u);
  EXPECT_EQ(finding->failed, 3u);
  EXPECT_EQ(finding->confirmed, true);
}

TEST_P(SeedCase, NamesTheSelfHairpinWithItsOwnSource) {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, "return-path/pool01/mcu-factory/oc01/oc01");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->cause, "return-path.self-hairpin");
  EXPECT_THAT(finding->observed, HasSubstr(to_string(scene.address("oc01"))));
}

TEST_P(SeedCase, ExplainsTheResetAndWhoSentIt) {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, "reset/pool01/mcu-factory/oc01/oc02");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->verdict, Verdict::skip);
  EXPECT_THAT(finding->explained_by, HasSubstr("return-path/pool01/mcu-factory/oc01/oc02"));
  EXPECT_THAT(finding->observed, HasSubstr("oc01"));
}

TEST_P(SeedCase, TheClientOutsideTheSubnetPasses) {
  const auto run = scene.judge();
  for (const auto& finding : run.findings)
    if (finding.subject.source == "client1") {
      EXPECT_TRUE(finding.verdict == Verdict::pass || finding.verdict == Verdict::info) << finding.id;
    }
}

TEST_P(SeedCase, ASourceOfWhichNothingWasAnsweredDoesNotPass) {
  const auto run = scene.judge();
  const auto* finding = scene.finding(run, "reachability/pool01/mcu-factory/oc01");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->verdict, Verdict::skip);
  EXPECT_THAT(finding->explained_by, HasSubstr("return-path/pool01/mcu-factory/oc01"));
}

TEST_P(SeedCase, IsOneDiagnosisWithTheVendorsCommand) {
  const auto run = scene.judge();
  ASSERT_EQ(run.diagnoses.size(), 1u);
  EXPECT_EQ(run.diagnoses[0].cause, "return-path.bypasses-load-balancer");
  EXPECT_EQ(run.diagnoses[0].findings.size(), 4u);
  EXPECT_EQ(run.diagnoses[0].remedy.mend[0],
            "tmsh modify ltm virtual /Common/pool01_444 source-address-translation { type automap }");
  EXPECT_EQ(run.verdict, Verdict::fail);
}

TEST_P(SeedCase, AMissingSnatIsAPromiseOfItsOwn) {
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  const auto run = scene.judge();
  for (const auto* pair : {"client1/oc01", "oc01/oc01", "oc01/oc02"}) {
    const auto* finding = scene.finding(run, std::string("snat/pool01/mcu-factory/") + pair);
    ASSERT_NE(finding, nullptr) << pair;
    EXPECT_EQ(finding->cause, "snat.absent") << pair;
  }
  EXPECT_EQ(run.diagnoses.size(), 1u) << "one missing SNAT, however many promises it breaks";
}

TEST(Checks, TheMendedSitePassesCompletely) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  for (const auto* source : {"client1", "oc01", "oc02"})
    for (const auto* member : {"oc01", "oc02"}) scene.answered(source, member, {.snat = "10.137.2.4"});
  const auto run = scene.judge();
  EXPECT_EQ(run.verdict, Verdict::pass);
  EXPECT_EQ(run.counts.fail + run.counts.inconclusive + run.counts.warn + run.counts.skip, 0u);
  EXPECT_EQ(scene.finding(run, "return-path/pool01/mcu-factory/oc01/oc01")->grade, Grade::proven);
}

TEST(Checks, FindingIdsDoNotDependOnLuck) {
  Scene lucky, unlucky;
  for (const auto* source : {"client1", "oc01", "oc02"})
    for (const auto* member : {"oc01", "oc02"}) lucky.answered(source, member);
  std::vector<std::string> left, right;
  for (const auto& finding : lucky.judge().findings) left.push_back(finding.id);
  for (const auto& finding : unlucky.judge().findings) right.push_back(finding.id);
  EXPECT_EQ(left, right);
  const std::set<std::string> unique(left.begin(), left.end());
  EXPECT_EQ(unique.size(), left.size());
}

}  // namespace
}  // namespace hairpin

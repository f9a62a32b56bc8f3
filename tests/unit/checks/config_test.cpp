// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "expect.hpp"

/// What the configuration says, held against what was seen.
namespace hairpin {
namespace {

using test::id;
using test::Scene;
using testing::HasSubstr;

PredictedPath path(const std::string& source, const std::string& member, const std::string& verdict, const std::string& snat = "none",
                   std::vector<IpAddress> seen_as = {}) {
  return {"pool01", "mcu-factory", source, member, Family::ipv4, verdict, snat, std::move(seen_as),
          "ltm virtual /Common/pool01_444 (bigip.conf:12): source-address-translation " + snat, {}};
}

Finding config_finding(const Scene& scene, const std::vector<PredictedPath>& predicted, const std::string& pair) {
  const auto run = checks::judge(scene.topology, make_plan(scene.topology), scene.observations, predicted);
  const auto* found = scene.finding(run, id("config", pair));
  EXPECT_NE(found, nullptr) << pair;
  return found ? *found : Finding();
}

Scene three(const std::function<void(Scene&)>& trip) {
  Scene scene;
  for (int i = 0; i < 3; ++i) trip(scene);
  return scene;
}

const IpAddress kFloating = *parse_address("10.137.2.4");

TEST(Config, SaysNothingWithoutAConfiguration) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  const auto run = scene.judge();
  for (const auto& finding : run.findings) EXPECT_NE(finding.check, "config");
}

TEST(Config, PassesWhereBothSayThatThePathIsBroken) {
  const auto scene = three([](Scene& s) { s.third_address("oc01", "oc02"); });
  const auto finding = config_finding(scene, {path("oc01", "oc02", "asymmetric-certain")}, "oc01/oc02");
  EXPECT_EQ(finding.verdict, Verdict::pass) << finding.summary;
  EXPECT_THAT(finding.evidence.at(0).text, HasSubstr("bigip.conf:12"));
}

TEST(Config, FailsWhereThePathIsBrokenAndTheConfigurationSaysOtherwise) {
  const auto scene = three([](Scene& s) { s.third_address("oc01", "oc02"); });
  const auto finding = config_finding(scene, {path("oc01", "oc02", "symmetric", "automap", {kFloating})}, "oc01/oc02");
  EXPECT_EQ(finding.verdict, Verdict::fail);
  EXPECT_EQ(finding.cause, "config.differs-from-observed");
  EXPECT_THAT(finding.summary, HasSubstr("bigip.conf:12"));
  EXPECT_EQ(finding.failed, 3u);
}

TEST(Config, FailsWhereItWorksAndTheConfigurationSaysItCannot) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "asymmetric-certain")}, "client1/oc01").cause, "config.differs-from-observed");
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "symmetric")}, "client1/oc01").verdict, Verdict::pass);
}

TEST(Config, HoldsTheSourceAddressAgainstTheConfiguration) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01", {.snat = "10.137.2.4"}); });
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "symmetric", "automap", {kFloating})}, "client1/oc01").verdict, Verdict::pass);
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "symmetric", "pool", {*parse_address("10.137.2.201")})}, "client1/oc01").cause,
            "config.differs-from-observed");
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "symmetric", "none")}, "client1/oc01").cause, "config.differs-from-observed");
}

TEST(Config, LeavesOpenWhatTheConfigurationLeavesOpen) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  const auto finding = config_finding(scene, {path("client1", "oc01", "needs-probe")}, "client1/oc01");
  EXPECT_EQ(finding.verdict, Verdict::info);
  EXPECT_THAT(finding.summary, HasSubstr("needs-probe"));
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "unknown", "unknown")}, "client1/oc01").verdict, Verdict::info);
}

TEST(Config, KnowsDirectReturn) {
  Scene scene;
  for (auto& server : scene.topology.pools[0].virtual_servers) server.expect.return_path = ReturnPath::direct;
  for (int i = 0; i < 3; ++i) scene.direct_return("client1", "oc01");
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "dsr-by-design")}, "client1/oc01").verdict, Verdict::pass);
  EXPECT_EQ(config_finding(scene, {path("client1", "oc01", "symmetric")}, "client1/oc01").cause, "config.differs-from-observed");
}

TEST(Config, IsNotBlamedForTheGatewayOfAMember) {
  const auto scene = three([](Scene& s) { s.third_address("client1", "oc02", "router"); });
  const auto finding = config_finding(scene, {path("client1", "oc02", "symmetric")}, "client1/oc02");
  EXPECT_EQ(finding.verdict, Verdict::skip) << finding.summary;
  EXPECT_EQ(finding.explained_by, id("return-path", "client1/oc02") + "/ipv4");
  EXPECT_EQ(config_finding(scene, {path("client1", "oc02", "symmetric", "automap", {kFloating})}, "client1/oc02").cause, "config.differs-from-observed")
      << "the address is not the configured one either";
}

TEST(Config, FailsWhereAConnectionArrivesThatTheConfigurationLetsNotThrough) {
  const auto none = path("client1", "oc01", kNoPath, "unknown");
  const auto finding = config_finding(three([](Scene& s) { s.answered("client1", "oc01"); }), {none}, "client1/oc01");
  EXPECT_EQ(finding.cause, "config.differs-from-observed");
  EXPECT_EQ(finding.verdict, Verdict::fail);
  EXPECT_EQ(finding.failed, 3u);
  EXPECT_THAT(finding.summary, HasSubstr("bigip.conf:12"));
  const auto broken = config_finding(three([](Scene& s) { s.third_address("oc01", "oc02"); }), {path("oc01", "oc02", kNoPath, "unknown")}, "oc01/oc02");
  EXPECT_EQ(broken.verdict, Verdict::fail) << "it arrived, whichever way the reply took";
  const auto silent = config_finding(three([](Scene& s) { s.vip_is_silent("client1"); }), {none}, "client1/oc01");
  EXPECT_EQ(silent.verdict, Verdict::skip) << silent.summary;
}

TEST(Config, IsInconclusiveWhereTheFilesHaveNoSuchServer) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  const auto finding = config_finding(scene, {path("client1", "oc01", kNotConfigured, "unknown")}, "client1/oc01");
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.next_step, HasSubstr("every file"));
}

TEST(Config, HoldsTheMembersPortAgainstTheConfiguration) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  auto said = path("client1", "oc01", "symmetric");
  said.member_port = 444;
  EXPECT_EQ(config_finding(scene, {said}, "client1/oc01").verdict, Verdict::pass);
  said.member_port = 8444;
  const auto finding = config_finding(scene, {said}, "client1/oc01");
  EXPECT_EQ(finding.cause, "config.differs-from-observed");
  EXPECT_THAT(finding.observed, HasSubstr("at port 444"));
  const auto hidden = three([](Scene& s) { s.answered("client1", "oc01", {.hides_responder = true}); });
  EXPECT_NE(config_finding(hidden, {said}, "client1/oc01").verdict, Verdict::fail) << "nobody saw the port";
}

TEST(Config, HasAPathOfItsOwnForEachPair) {
  const auto scene = three([](Scene& s) { s.answered("client1", "oc01"); });
  EXPECT_EQ(config_finding(scene, {path("client1", "oc02", "asymmetric-certain")}, "client1/oc01").verdict, Verdict::info);
  EXPECT_EQ(config_finding(scene, {path("oc02", "oc01", "asymmetric-certain")}, "client1/oc01").verdict, Verdict::info);
}

}  // namespace
}  // namespace hairpin

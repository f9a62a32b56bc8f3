// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/lab/site/lab_under_test.hpp"

namespace hairpin::lab {
namespace {

class Faults : public testing::TestWithParam<Family> {
 protected:
  Family family() const { return GetParam(); }
  IpAddress oc02() const { return server_address(family(), 22); }
};

unsigned count(const std::vector<Attempt>& attempts, const std::string& outcome) {
  return static_cast<unsigned>(std::ranges::count(attempts, outcome, &Attempt::outcome));
}

TEST_P(Faults, WrongGatewaySendsRepliesThroughTheOtherRouter) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::none, family(), {"wrong-gateway"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  const auto attempts = lab.ask("client1", 2);
  EXPECT_EQ(count(attempts, "answered"), 1U);
  EXPECT_EQ(count(attempts, "silent"), 1U);
  for (const auto& attempt : attempts) {
    if (attempt.was_answered()) continue;
    const auto* third = attempt.third_address(lab.site().vip);
    ASSERT_NE(third, nullptr);
    EXPECT_EQ(third->tuple.source, (Endpoint{oc02(), 444}));
    EXPECT_EQ(third->from_mac, mac_of(1, 1));
  }
}

TEST_P(Faults, WrongGatewayBreaksStandardWithoutSnatAsWell) {
  const LabUnderTest lab(lab::lab("standard", SnatType::none, family(), {"wrong-gateway=oc01"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  const auto attempts = lab.ask("client1", 2);
  EXPECT_EQ(count(attempts, "answered"), 1U);
  EXPECT_EQ(count(attempts, "closed"), 1U);
}

TEST_P(Faults, WrongGatewayInNPathLeadsThroughTheBalancer) {
  const LabUnderTest lab(lab::lab("npath", SnatType::none, family(), {"wrong-gateway"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  bool saw_oc02 = false;
  for (const auto& attempt : lab.ask("client1", 16)) {
    EXPECT_EQ(attempt.outcome, "answered");
    const auto router = attempt.member == "oc02" ? mac_of(1, 5) : mac_of(1, 1);
    saw_oc02 |= attempt.member == "oc02";
    for (const auto& frame : attempt.frames) EXPECT_EQ(frame.from_mac, router) << attempt.member;
  }
  EXPECT_TRUE(saw_oc02);
}

TEST(FaultsIPv4, ReversePathFilterDropsWhatTheBalancerForwards) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::none, Family::ipv4, {"rp-filter"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  const auto attempts = lab.ask("client1", 4);
  EXPECT_EQ(count(attempts, "answered"), 2U);
  EXPECT_EQ(count(attempts, "silent"), 2U);
  EXPECT_GT(lab.counter("oc02", "IPReversePathFilter"), 0U);
  EXPECT_EQ(lab.counter("oc01", "IPReversePathFilter"), 0U);
}

TEST_P(Faults, MemberRefusesOrIsSilent) {
  const LabUnderTest refused(lab::lab("fastl4", SnatType::automap, family(), {"member-refused=oc01"}));
  ASSERT_TRUE(refused.is_up()) << refused.error();
  EXPECT_EQ(count(refused.ask("client1", 4), "refused"), 2U);
  auto options = lab::lab("fastl4", SnatType::automap, family(), {"member-silent=oc01"});
  options.name += "-silent";
  const LabUnderTest silent(options);
  ASSERT_TRUE(silent.is_up()) << silent.error();
  EXPECT_EQ(count(silent.ask("client1", 4), "silent"), 2U);
}

TEST_P(Faults, VipRefusesOrIsSilentInEveryMode) {
  for (const auto* mode : {"fastl4", "standard", "npath"}) {
    for (const auto* state : {"refused", "silent"}) {
      const LabUnderTest lab(lab::lab(mode, SnatType::none, family(), {std::string("vip-") + state}));
      ASSERT_TRUE(lab.is_up()) << lab.error();
      EXPECT_EQ(count(lab.ask("client1", 2), state), 2U) << mode << " " << state;
    }
  }
}

TEST_P(Faults, SnatUsesAnUndeclaredAddress) {
  for (const auto* mode : {"fastl4", "standard"}) {
    for (const auto snat : {SnatType::automap, SnatType::pool}) {
      const LabUnderTest lab(lab::lab(mode, snat, family(), {"snat-wrong-address"}));
      ASSERT_TRUE(lab.is_up()) << lab.error();
      for (const auto& attempt : lab.ask("oc01", 2)) {
        EXPECT_EQ(attempt.outcome, "answered");
        EXPECT_EQ(attempt.seen_source, server_address(family(), 77));
      }
    }
  }
}

TEST_P(Faults, HiddenMemberIsNeverSelected) {
  for (const auto* mode : {"fastl4", "standard", "npath"}) {
    const LabUnderTest lab(lab::lab(mode, SnatType::none, family(), {"hides-member=oc01"}));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    for (const auto& attempt : lab.ask("client1", 6)) EXPECT_EQ(attempt.member, "oc02") << mode;
  }
}

TEST_P(Faults, TimestampsAreOffAtBothEnds) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::automap, family(), {"no-timestamps"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  for (const auto& attempt : lab.ask("client1", 2)) {
    EXPECT_EQ(attempt.outcome, "answered");
    for (const auto& frame : attempt.frames) EXPECT_FALSE(frame.has_timestamps);
  }
}

TEST_P(Faults, SourcePortChanges) {
  struct Case {
    const char* mode;
    SnatType snat;
  };
  for (const auto& [mode, snat] : {Case{"standard", SnatType::none}, Case{"fastl4", SnatType::automap},
                                   Case{"fastl4", SnatType::pool}}) {
    const LabUnderTest lab(lab::lab(mode, snat, family(), {"source-port=changed"}));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    unsigned kept = 0;
    for (const auto& attempt : lab.ask("client1", 3)) {
      EXPECT_EQ(attempt.outcome, "answered");
      kept += attempt.kept_port ? 1 : 0;
    }
    EXPECT_LE(kept, 1U) << mode;  // by chance it may stay the same once
  }
}

TEST_P(Faults, ForeignProgramsReachTheMembers) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::automap, family(), {"foreign-traffic"}));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  unsigned accepted = 0;
  for (const auto& attempt : lab.ask("client1", 2)) {
    EXPECT_EQ(attempt.outcome, "answered");
    accepted += attempt.accepted;
  }
  EXPECT_GT(accepted, 2U + 4U);
  EXPECT_LT(accepted, 2U + 20U);
}

TEST_P(Faults, BalancerChecksMembersAndStillServes) {
  for (const auto* mode : {"fastl4", "standard", "npath"}) {
    const LabUnderTest lab(lab::lab(mode, SnatType::none, family(), {"health-checks"}));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(2200));
    const auto attempts = lab.ask("client1", 1);
    EXPECT_EQ(attempts.front().outcome, "answered") << mode;
    // HAProxy ends its checks with RST before the handshake is complete: they are never accepted.
    if (std::string_view(mode) == "standard")
      EXPECT_GE(lab.counter("oc01", "EmbryonicRsts"), 1U);
    else
      EXPECT_GE(attempts.front().accepted, 2U) << mode;
  }
}

TEST_P(Faults, BalancerSendsFromItsOwnMacs) {
  for (const auto* mode : {"fastl4", "standard"}) {
    const LabUnderTest lab(lab::lab(mode, SnatType::none, family(), {"gateway-own-mac"}));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    const auto attempts = lab.ask("client1", 2);
    for (const auto& attempt : attempts) {
      EXPECT_EQ(attempt.outcome, "answered") << mode;
      ASSERT_FALSE(attempt.frames.empty());
      for (const auto& frame : attempt.frames) EXPECT_EQ(frame.from_mac, *parse_mac("02:01:0a:89:01:05"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, Faults, testing::Values(Family::ipv4, Family::ipv6), family_name);

}  // namespace
}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/lab/site/lab_under_test.hpp"

namespace hairpin::lab {
namespace {

class Modes : public testing::TestWithParam<Family> {
 protected:
  Family family() const { return GetParam(); }
  IpAddress client() const { return client_address(family(), 10); }
  IpAddress oc01() const { return server_address(family(), 21); }
  IpAddress oc02() const { return server_address(family(), 22); }
};

/// Every attempt was answered, both members did, and `is_right` says yes to the source that they saw.
template <class IsRight>
void expect_all_answered(const std::vector<Attempt>& attempts, IsRight is_right) {
  for (const auto& attempt : attempts) {
    EXPECT_EQ(attempt.outcome, "answered");
    EXPECT_TRUE(is_right(attempt.seen_source)) << to_string(attempt.seen_source);
  }
  for (const auto* member : {"oc01", "oc02"})
    EXPECT_TRUE(std::ranges::any_of(attempts, [&](const Attempt& each) { return each.member == member; }))
        << member;
}

/// What a member sees that calls its own pool without SNAT: the neighbour's answer, or its own SYN.
void expect_broken_hairpin(const LabUnderTest& lab, const std::vector<Attempt>& attempts,
                           const Endpoint& neighbour, const std::string& outcome) {
  unsigned third = 0, back = 0;
  for (const auto& attempt : attempts) {
    EXPECT_EQ(attempt.outcome, outcome);
    if (const auto* frame = attempt.third_address(lab.site().vip)) {
      EXPECT_EQ(frame->tuple.source, neighbour);
      EXPECT_EQ(frame->from_mac, mac_of(2, 22));
      ++third;
    }
    if (const auto* frame = attempt.own_syn_back()) {
      EXPECT_EQ(frame->tuple.source.address,
                lab.site().host("oc01").interface("eth0").addresses.front().address);
      ++back;
    }
  }
  EXPECT_GT(third, 0U);
  EXPECT_GT(back, 0U);
}

TEST_P(Modes, FastL4WithoutSnatWorksForClientsAndBreaksForMembers) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::none, family()));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  expect_all_answered(lab.ask("client1", 4), [&](const IpAddress& seen) { return seen == client(); });
  expect_broken_hairpin(lab, lab.ask("oc01", 4), {oc02(), 444}, "silent");
}

TEST_P(Modes, StandardWithoutSnatWorksForClientsAndIsClosedForMembers) {
  const LabUnderTest lab(lab::lab("standard", SnatType::none, family()));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  expect_all_answered(lab.ask("client1", 4), [&](const IpAddress& seen) { return seen == client(); });
  expect_broken_hairpin(lab, lab.ask("oc01", 4), {oc02(), 444}, "closed");
}

TEST_P(Modes, StandardWithoutSnatKeepsTheSourcePort) {
  const LabUnderTest lab(lab::lab("standard", SnatType::none, family()));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  for (const auto& attempt : lab.ask("client1", 2)) EXPECT_TRUE(attempt.kept_port);
}

TEST_P(Modes, AutomapShowsTheFloatingSelfIp) {
  for (const auto* mode : {"fastl4", "standard"}) {
    const LabUnderTest lab(lab::lab(mode, SnatType::automap, family()));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    const auto is_floating = [&](const IpAddress& seen) { return seen == server_address(family(), 4); };
    expect_all_answered(lab.ask("client1", 4), is_floating);
    expect_all_answered(lab.ask("oc01", 4), is_floating);
  }
}

TEST_P(Modes, PoolShowsEachOfItsAddresses) {
  for (const auto* mode : {"fastl4", "standard"}) {
    const LabUnderTest lab(lab::lab(mode, SnatType::pool, family()));
    ASSERT_TRUE(lab.is_up()) << lab.error();
    const auto& pool = lab.site().pool_addresses;
    const auto is_in_pool = [&](const IpAddress& seen) {
      return std::ranges::find(pool, seen) != pool.end();
    };
    const auto attempts = lab.ask("oc01", 16);  // one address 16 times: 1 in 32,768
    expect_all_answered(attempts, is_in_pool);
    for (const auto& address : pool)
      EXPECT_TRUE(
          std::ranges::any_of(attempts, [&](const Attempt& each) { return each.seen_source == address; }));
  }
}

TEST_P(Modes, NPathAnswersBypassTheBalancer) {
  const LabUnderTest lab(lab::lab("npath", SnatType::none, family()));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  const auto attempts = lab.ask("client1", 16);
  expect_all_answered(attempts, [&](const IpAddress& seen) { return seen == client(); });
  for (const auto& attempt : attempts)
    for (const auto& frame : attempt.frames) {
      EXPECT_EQ(frame.tuple.source, lab.site().vip);
      EXPECT_EQ(frame.from_mac, mac_of(1, 1));
    }
}

TEST_P(Modes, EightMembersAllAnswer) {
  auto options = lab::lab("fastl4", SnatType::none, family());
  options.members = 8;
  const LabUnderTest lab(options);
  ASSERT_TRUE(lab.is_up()) << lab.error();
  std::vector<std::string> seen;
  for (const auto& attempt : lab.ask("client1", 8)) seen.push_back(attempt.member);
  std::ranges::sort(seen);
  EXPECT_EQ(seen, lab.site().members());
}

INSTANTIATE_TEST_SUITE_P(Families, Modes, testing::Values(Family::ipv4, Family::ipv6), family_name);

}  // namespace
}  // namespace hairpin::lab

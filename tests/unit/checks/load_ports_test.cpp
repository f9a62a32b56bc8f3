// SPDX-License-Identifier: Apache-2.0
// Whether a balancer that has no source port left is told from everything that looks like it.
#include "checks/load/ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/catalogue.hpp"
#include "checks/diagnosis/diagnose.hpp"
#include "tests/unit/scene/scene.hpp"

namespace hairpin::checks {
namespace {

using testing::HasSubstr;

const IpAddress kSelfIp = *parse_address("10.137.2.4");

/// 100 connections were begun; 60 reached oc01 and were answered, from the 16 ports 40000 to 40015, all open at once, used again.
LoadCase exhausted() {
  static const auto topology = test::seed_topology(Family::ipv4);
  LoadObservation load;
  load.host = "client1";
  load.target = {"pool01", "mcu-factory", {}, *parse_endpoint("10.137.2.11:444")};
  load.counts.attempted = load.counts.connections = 100;
  load.counts.completed = load.counts.established = 60;
  load.counts.failed.timed_out = 40;
  ServedLoad member;
  member.member = "oc01";
  member.connections = member.answered = 60;
  member.ports = {{kSelfIp, 60, 2, 16, 40'000, 40'015, 16}};
  return {topology, load, {load}, {}, {member}};
}

ServedPorts& ports_of(LoadCase& c) { return c.served.front().ports.front(); }

TEST(ExhaustedPorts, AreNamedByBothEnds) {
  const auto finding = exhausted_ports(exhausted());
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->verdict, Verdict::fail);
  EXPECT_EQ(finding->cause, "snat.port-exhausted");
  EXPECT_EQ(finding->check, "snat");
  EXPECT_EQ(finding->failed, 40U);
  EXPECT_THAT(finding->summary, HasSubstr("all 16 ports of 10.137.2.4 towards oc01 were in use at once"));
  ASSERT_EQ(finding->evidence.size(), 2U);
  EXPECT_EQ(finding->evidence[0].vantage, "oc01/responder");
  EXPECT_THAT(finding->evidence[0].text, HasSubstr("40000 to 40015"));
  EXPECT_EQ(finding->evidence[1].vantage, "client1/load");
  EXPECT_THAT(finding->evidence[1].text, HasSubstr("40 timed-out"));
}

TEST(ExhaustedPorts, AreMendedWithMoreAddresses) {
  const auto c = exhausted();
  const auto diagnoses = diagnose(c.topology, {*exhausted_ports(c)});
  ASSERT_EQ(diagnoses.size(), 1U);
  EXPECT_EQ(diagnoses[0].cause, "snat.port-exhausted");
  EXPECT_THAT(diagnoses[0].remedy.mend, testing::Contains(HasSubstr("snatpool")));
  EXPECT_EQ(diagnoses[0].remedy.verify, "hairpin load -t FILE");
}

/// TIME_WAIT does not hold a port: a small range that is used again and again, and never all at once, is no fault.
TEST(ExhaustedPorts, AreNotFewPortsThatAreUsedAgain) {
  auto c = exhausted();
  ports_of(c).most_open = 14;
  EXPECT_FALSE(exhausted_ports(c));
  auto well = exhausted();
  well.load.counts.failed = {};
  EXPECT_FALSE(exhausted_ports(well));
}

/// A limit on connections lets the first so many through, from whatever ports they have.
TEST(ExhaustedPorts, AreNoLimitOnConnections) {
  auto c = exhausted();
  ports_of(c).last = 40'031;  // every second one, as Linux chooses them
  EXPECT_FALSE(exhausted_ports(c));
  auto counted = exhausted();
  ports_of(counted).connections = 16;  // a counter that goes up by one, and has not come round
  EXPECT_FALSE(exhausted_ports(counted));
  ports_of(counted).descents = 4;  // in no order: then it was a range, though none was used twice
  EXPECT_TRUE(exhausted_ports(counted));
  ports_of(counted).connections = 17;
  ports_of(counted).descents = 0;
  EXPECT_TRUE(exhausted_ports(counted));
}

TEST(ExhaustedPorts, AreNotTheMembersOwnFailures) {
  auto c = exhausted();
  c.served.front().connections = 81;  // most of what failed had arrived
  EXPECT_FALSE(exhausted_ports(c));
  c.served.front().connections = 80;
  EXPECT_TRUE(exhausted_ports(c));
  c.served.front().connections = 120;  // monitors too
  EXPECT_FALSE(exhausted_ports(c));
}

TEST(ExhaustedPorts, AreNotThoseOfTheSourceItself) {
  auto c = exhausted();
  ports_of(c).address = *c.topology.host("client1")->address(Family::ipv4);
  EXPECT_FALSE(exhausted_ports(c));
}

/// Held connections use no port twice. Towards each member the balancer has the same ones, where a counter would have come to others.
TEST(ExhaustedPorts, AreTheSameTowardsEveryMember) {
  auto c = exhausted();
  c.load.counts.connections = 1'000;
  c.load.counts.failed = {};
  c.load.counts.failed.closed = 900;
  ports_of(c) = {kSelfIp, 64, 0, 64, 40'000, 40'063, 64};
  EXPECT_FALSE(exhausted_ports(c));
  c.served.push_back(c.served.front());
  c.served.back().member = "oc02";
  const auto finding = exhausted_ports(c);
  ASSERT_TRUE(finding);
  EXPECT_THAT(finding->summary, HasSubstr("all 64 ports of 10.137.2.4 towards oc01 were in use at once, all 64 ports of 10.137.2.4 towards oc02"));
  c.served.back().ports.front().last = 40'064;
  EXPECT_FALSE(exhausted_ports(c));
  c.served.back().ports.front().last = 40'063;
  c.served.back().ports.front().most_open = 50;
  EXPECT_FALSE(exhausted_ports(c));
}

/// A balancer that keeps source ports shows the member those that the sources were told to take.
TEST(ExhaustedPorts, AreNotThoseThatTheSourcesWereToldToTake) {
  auto c = exhausted();
  c.load.shape.first_port = 40'000;
  c.load.shape.last_port = 40'015;
  EXPECT_FALSE(exhausted_ports(c));
  c.load.shape.last_port = 40'014;
  EXPECT_TRUE(exhausted_ports(c));
}

TEST(ExhaustedPorts, AreNotWhatTheSourcesNeverSent) {
  auto c = exhausted();
  c.load.counts.failed.no_port = 1;
  EXPECT_FALSE(exhausted_ports(c));
  auto cut = exhausted();
  cut.load.counts.failed = {};
  cut.load.counts.failed.stopped = 40;
  EXPECT_FALSE(exhausted_ports(cut));
}

/// What an earlier load of the same run left in the account of ports.
TEST(ExhaustedPorts, AreOfThisLoad) {
  auto c = exhausted();
  ports_of(c).connections = 15;
  ports_of(c).descents = 8;
  EXPECT_FALSE(exhausted_ports(c));
  ports_of(c).connections = 16;
  EXPECT_TRUE(exhausted_ports(c));
}

TEST(ExhaustedPorts, AreNotAHandfulThatABalancerKeepsOpen) {
  auto c = exhausted();
  ports_of(c) = {kSelfIp, 60, 2, 7, 40'000, 40'006, 7};
  EXPECT_FALSE(exhausted_ports(c));
  ports_of(c) = {kSelfIp, 60, 2, 8, 40'000, 40'007, 8};
  EXPECT_TRUE(exhausted_ports(c));
}

TEST(ExhaustedPorts, ExplainWhatFailsForWantOfThem) {
  const auto exhausted_finding = exhausted_ports(exhausted());
  ASSERT_TRUE(exhausted_finding);
  std::vector<Finding> findings(4);
  for (auto& finding : findings) finding.verdict = Verdict::fail;
  findings[0].check = "load";
  findings[1].check = "reachability";
  findings[2].check = "return-path";
  findings[3].check = "load";
  findings[3].verdict = Verdict::inconclusive;
  explain_by(*exhausted_finding, findings);
  EXPECT_EQ(findings[0].verdict, Verdict::skip);
  EXPECT_EQ(findings[0].explained_by, exhausted_finding->id);
  EXPECT_EQ(findings[1].verdict, Verdict::skip);
  EXPECT_EQ(findings[2].verdict, Verdict::fail);
  EXPECT_EQ(findings[3].verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace hairpin::checks

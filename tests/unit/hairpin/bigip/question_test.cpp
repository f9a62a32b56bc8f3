// SPDX-License-Identifier: Apache-2.0
// What a BIG-IP is asked, and what is kept of its answers.
#include <gmock/gmock.h>

#include "hairpin/bigip/question.hpp"

namespace hairpin::bigip {
namespace {

const IpAddress kClient = *parse_address("10.137.1.10");
const Endpoint kVip{*parse_address("10.137.2.11"), 444};
const Question kConnections{What::connections, {}, kClient, kVip};
const Question kPersistence{What::persistence, {}, kClient, {}};
const Question kPool{What::pool, "/Common/pool01", {}, {}};
const Question kVirtual{What::virtual_server, "/Common/vs", {}, {}};
const Question kUnit{What::unit, {}, {}, {}};
const Question kResets{What::resets, {}, {}, {}};

Known of(const char* host = "bigip") {
  Known known;
  known.facts.host = host;
  return known;
}

TEST(BigipQuestion, IsReadOnlyInBothForms) {
  for (const auto& question : {kConnections, kPersistence, kPool, kVirtual, kUnit, kResets}) {
    EXPECT_TRUE(tmsh_words(question)->starts_with("show "));
    EXPECT_TRUE(rest_target(question)->starts_with("/mgmt/tm/"));
  }
  EXPECT_EQ(*tmsh_words(kConnections), "show sys connection cs-client-addr 10.137.1.10 cs-server-addr 10.137.2.11 cs-server-port 444 all-properties");
  EXPECT_EQ(*rest_target(kPool), "/mgmt/tm/ltm/pool/~Common~pool01/members/stats");
}

TEST(BigipQuestion, IsNotAskedWithANameThatAShellOrAUrlReadsAsMore) {
  for (const char* name : {"", "/", "pool", "/Common/a b", "/Common/a'b", "/Common/$(id)", "/Common/a;b", "/Common/a?b", "/Common/a\nb", "/Common/a%20b"}) {
    EXPECT_FALSE(tmsh_words({What::pool, name, {}, {}})) << name;
    EXPECT_FALSE(rest_target({What::virtual_server, name, {}, {}})) << name;
  }
  EXPECT_FALSE(tmsh_words({What::connections, {}, {}, kVip}));
  EXPECT_FALSE(tmsh_words({What::persistence, {}, {}, {}}));
}

TEST(BigipAnswer, OnlyTheConnectionsThatWereAskedForAreKept) {
  auto known = of();
  const std::string text =
      "10.137.1.10:40001 - 10.137.2.11:444 - 10.137.2.4:50001 - 10.137.2.21:444\n  Idle Time 2\n  Packets In 6 5\n"
      "10.137.1.99:40001 - 10.137.2.11:444 - 10.137.2.4:50002 - 10.137.2.21:444\n"
      "10.137.1.10:40001 - 10.137.2.12:443 - 10.137.2.4:50003 - 10.137.2.21:444\n"
      "10.137.1.10:40002 - 10.137.2.11:444 - any6.any - any6.any\n";
  EXPECT_TRUE(understand(known, kConnections, text, Form::tmsh, WallTime(), false));
  ASSERT_EQ(known.connections.size(), 2u);
  EXPECT_EQ(known.connections[0].host, "bigip");
  EXPECT_EQ(to_string(*known.connections[0].as), "10.137.2.4:50001");
  EXPECT_EQ(known.connections[0].from_member, 5u);
  EXPECT_FALSE(known.connections[1].member);
  EXPECT_FALSE(known.connections[1].as);
}

TEST(BigipAnswer, IsBoundedInRows) {
  auto known = of();
  std::string text;
  for (int i = 1; i <= 5'000; ++i) text += "10.137.1.10:" + std::to_string(10'000 + i) + " - 10.137.2.11:444 - 10.137.2.4:1 - 10.137.2.21:444\n";
  EXPECT_TRUE(understand(known, kConnections, text, Form::tmsh, WallTime(), false));
  EXPECT_EQ(known.connections.size(), 2'000u);
  EXPECT_EQ(known.facts.not_understood, 3'000u);
  for (int again = 0; again < 20; ++again) understand(known, kConnections, text, Form::tmsh, WallTime(), false);
  EXPECT_EQ(known.connections.size(), 20'000u);
}

TEST(BigipAnswer, WhatStandsInOneLineOfTheBundleIsBoundedTogether) {
  auto known = of();
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "source-address  10.137.1.10  any:any  10.137.2.22:444  (tmm: 0)\n";
  for (int again = 0; again < 3; ++again) understand(known, kPersistence, text, Form::tmsh, WallTime(), false);
  EXPECT_EQ(known.facts.persistence.size(), 500u);
  EXPECT_EQ(known.facts.not_understood, 2'500u);
}

TEST(BigipAnswer, PersistenceKeepsAddressesOfTheRunAndNoCookie) {
  auto known = of();
  const std::string text = "source-address  10.137.1.10  any:any  10.137.2.22:444  (tmm: 0)\nuniversal  secret-cookie  10.137.2.11:444  10.137.2.22:444  (tmm: 0)\n"
                           "source-address  10.137.1.99  any:any  10.137.2.22:444  (tmm: 0)\n";
  EXPECT_TRUE(understand(known, kPersistence, text, Form::tmsh, WallTime(), false));
  ASSERT_EQ(known.facts.persistence.size(), 1u);
  EXPECT_FALSE(known.facts.persistence[0].virtual_server);
}

TEST(BigipAnswer, ResetsAreWhatGrewBetweenTheFirstLookAndTheLast) {
  auto known = of();
  EXPECT_TRUE(understand(known, kResets, "No local listener 7\nFlow expired (sweeper) 1\n", Form::tmsh, WallTime(), true));
  EXPECT_TRUE(known.facts.resets.empty());
  EXPECT_TRUE(understand(known, kResets, "No local listener 9\nFlow expired (sweeper) 1\n", Form::tmsh, WallTime(), false));
  ASSERT_EQ(known.facts.resets.size(), 1u);
  EXPECT_EQ(known.facts.resets[0].count, 2u);
}

TEST(BigipAnswer, AStatusIsTheLastOneAndCarriesTheNameThatWasAskedFor) {
  auto known = of();
  EXPECT_TRUE(understand(known, kVirtual, "Ltm::Virtual Server: vs\n  Availability : available\n  State : enabled\n", Form::tmsh, WallTime(), true));
  EXPECT_TRUE(understand(known, kPool, "Ltm::Pool: pool01\n  Availability : available\nLtm::Pool Member: pool01  10.137.2.21:444\n  Availability : available\n  State : enabled\n"
                                       "Ltm::Pool Member: pool01  a-name:444\n  Availability : available\n",
                         Form::tmsh, WallTime(), true));
  EXPECT_TRUE(understand(known, kVirtual, "Ltm::Virtual Server: vs\n  Availability : offline\n  State : disabled\n  Reason : " + std::string(500, 'x') + "\n", Form::tmsh, WallTime(), false));
  ASSERT_EQ(known.facts.services.size(), 2u);
  EXPECT_TRUE(known.facts.services[0].member);
  EXPECT_EQ(known.facts.services[1].name, "/Common/vs");
  EXPECT_EQ(known.facts.services[1].availability, "offline");
  EXPECT_EQ(known.facts.services[1].reason.size(), 200u);
}

TEST(BigipAnswer, WhatIsNoAnswerIsNotUnderstood) {
  for (const auto& question : {kUnit, kVirtual, kPool, kConnections, kPersistence, kResets}) {
    auto known = of();
    EXPECT_FALSE(understand(known, question, "Welcome to this host\n", Form::tmsh, WallTime(), true)) << *tmsh_words(question);
    EXPECT_FALSE(understand(known, question, "<html>", Form::json, WallTime(), true)) << *tmsh_words(question);
  }
  auto known = of();
  EXPECT_TRUE(understand(known, kConnections, "Sys::Connections\nTotal records returned: 0\n", Form::tmsh, WallTime(), true)) << "no connections are an answer";
}

TEST(BigipAnswer, AUnitIsKnownBeforeAndAfter) {
  auto known = of();
  understand(known, kUnit, "Status   ACTIVE\n", Form::tmsh, WallTime(), true);
  understand(known, kUnit, "Status   FORCED_OFFLINE\n", Form::tmsh, WallTime(), false);
  EXPECT_EQ(known.facts.before, UnitState::active);
  EXPECT_EQ(known.facts.after, UnitState::forced_offline);
}

}  // namespace
}  // namespace hairpin::bigip

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "topology/f5/input.hpp"

namespace hairpin::f5 {
namespace {

using testing::ElementsAre;

Config config_of(std::string text) {
  auto config = read_config_text("bigip.conf", std::move(text));
  EXPECT_TRUE(config) << describe(config.error());
  return std::move(*config);
}

TEST(F5Rules, FindWhatOneDoesToAConnection) {
  const auto config = config_of(
      "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n  # snat automap\n  log local0. \"pool x\"\n"
      "  if { [IP::addr [IP::client_addr] equals 10.0.0.0/8] } { snatpool /Common/sp; pool /Common/p }\n"
      "  set pool 1\n}\nwhen HTTP_REQUEST {\n  snat [HTTP::header X-Forwarded-For]\n  if {[virtual name] eq \"x\"} { node 10.0.0.1 80 }\n}\n}\n");
  const auto* rule = config.rules.find("/Common/r");
  ASSERT_TRUE(rule);
  std::vector<std::string> acts;
  for (const auto& act : rule->acts)
    acts.push_back(std::string(act.event) + " " + std::string(act.command) + " " + std::string(act.argument) + " @" +
                   std::to_string(act.origin.line));
  EXPECT_THAT(acts, ElementsAre("CLIENT_ACCEPTED snatpool /Common/sp @5", "CLIENT_ACCEPTED pool /Common/p @5",
                                "HTTP_REQUEST snat [HTTP::header X-Forwarded-For] @9", "HTTP_REQUEST node 10.0.0.1 80 @10"));
}

TEST(F5Rules, HideNoCommandInQuotesOrBraces) {
  const auto config = config_of(
      "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n  log local0. \"a [pool a] b\"\n  set x {\"}; pool b; set y \"z\"\n"
      "  if { $x eq {#} } { ::pool c }\n  if {\"foo \" eq $x} { pool d; log \"x\" }\n  set z {\"}\n  pool e\n  log \"w\"\n"
      "  # pool f\n}\n}\n");
  const auto* rule = config.rules.find("/Common/r");
  ASSERT_TRUE(rule);
  std::vector<std::string> acts;
  for (const auto& act : rule->acts)
    acts.push_back(std::string(act.command) + " " + std::string(act.argument) + " @" + std::to_string(act.origin.line));
  EXPECT_THAT(acts, ElementsAre("pool a @3", "pool b @4", "pool c @5", "pool d @6", "pool e @8"));
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/f5/read.hpp"

namespace hairpin::f5 {
namespace {

using testing::ElementsAre;

/// What the rule /Common/r does: EVENT COMMAND ARGUMENT @LINE.
std::vector<std::string> placed_acts_of(const Config& config) {
  const auto* rule = config.rules.find("/Common/r");
  EXPECT_TRUE(rule);
  std::vector<std::string> acts;
  for (const auto& act : rule ? rule->acts : std::vector<RuleAct>())
    acts.push_back(std::string(act.event) + " " + std::string(act.command) + " " + std::string(act.argument) + " @" +
                   std::to_string(act.origin.line));
  return acts;
}

TEST(F5Rules, FindWhatOneDoesToAConnection) {
  const auto config = config_of(
      "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n  # snat automap\n  log local0. \"pool x\"\n"
      "  if { [IP::addr [IP::client_addr] equals 10.0.0.0/8] } { snatpool /Common/sp; pool /Common/p }\n"
      "  set pool 1\n}\nwhen HTTP_REQUEST {\n  snat [HTTP::header X-Forwarded-For]\n  if {[virtual name] eq \"x\"} { node 10.0.0.1 80 }\n}\n}\n");
  EXPECT_THAT(placed_acts_of(config), ElementsAre("CLIENT_ACCEPTED snatpool /Common/sp @5", "CLIENT_ACCEPTED pool /Common/p @5",
                                "HTTP_REQUEST snat [HTTP::header X-Forwarded-For] @9", "HTTP_REQUEST node 10.0.0.1 80 @10"));
}

TEST(F5Rules, HideNoCommandInQuotesOrBraces) {
  const auto config = config_of(
      "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n  log local0. \"a [pool a] b\"\n  set x {\"}; pool b; set y \"z\"\n"
      "  if { $x eq {#} } { ::pool c }\n  if {\"foo \" eq $x} { pool d; log \"x\" }\n  set z {\"}\n  pool e\n  log \"w\"\n"
      "  # pool f\n}\n}\n");
  EXPECT_THAT(placed_acts_of(config), ElementsAre("CLIENT_ACCEPTED pool a @3", "CLIENT_ACCEPTED pool b @4", "CLIENT_ACCEPTED pool c @5",
                                                  "CLIENT_ACCEPTED pool d @6", "CLIENT_ACCEPTED pool e @8"));
}

std::vector<std::string> acts_of(const std::string& body) {
  const auto config = config_of("ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n" + body + "\n}\n}\n");
  const auto* rule = config.rules.find("/Common/r");
  std::vector<std::string> acts;
  for (const auto& act : rule ? rule->acts : std::vector<RuleAct>()) acts.push_back(std::string(act.command) + " " + std::string(act.argument));
  return acts;
}

TEST(F5Rules, ACommandMayBeInAVariableOrInQuotes) {
  EXPECT_THAT(acts_of("  $static::c none"), ElementsAre("$static::c none"));
  EXPECT_THAT(acts_of("  set x [$cmd a]"), ElementsAre("$cmd a"));
  EXPECT_THAT(acts_of("  ${cmd} none"), ElementsAre("$ {cmd} none"));
  EXPECT_THAT(acts_of("  sn$rest none"), ElementsAre("sn$rest none"));
  EXPECT_THAT(acts_of("  \"$cmd\" none"), ElementsAre("$cmd none"));
  EXPECT_THAT(acts_of("  \"snat\" none"), ElementsAre("snat none"));
  EXPECT_THAT(acts_of("  if {1} \"pool other\""), ElementsAre(testing::StartsWith("pool other")));
  EXPECT_THAT(acts_of("  catch \"pool other\""), ElementsAre(testing::StartsWith("pool other")));
  EXPECT_THAT(acts_of("  if {1} {\n  set a 1\n  } else \"pool other\""), ElementsAre(testing::StartsWith("pool other")));
  EXPECT_THAT(acts_of("  HTTP::proxy dest 10.9.0.1"), ElementsAre("HTTP::proxy dest 10.9.0.1"));
}

TEST(F5Rules, AValueThatIsComparedIsNoCommand) {
  for (const auto* body : {"if {$x} { set y 1 }", "if { $x eq \"a\" } { set y 1 } elseif {$x == 2} { set y 2 }", "for {set i 0} {$i < 10} {incr i} { set y $i }",
                           "for {set i 0} {$i<10} {incr i} { set y $i }", "while {$i < 3} { incr i }", "set y [expr {$x * 2}]", "if {!$x} { set y 1 }",
                           "if {\"pool\" eq $x} { set y 1 }", "if { [HTTP::uri] matches_regex {foo$} } { set y 1 }", "log local0. \"pool x\"", "set pool \"pool x\"",
                           "switch $x {\n  \"a\" { set y 1 }\n  \"b\" -\n  default { set y 2 }\n  }"})
    EXPECT_THAT(acts_of(std::string("  ") + body), ElementsAre()) << body;
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "fixtures.hpp"
#include "topology/lint/report.hpp"
#include "topology/lint/silence.hpp"

namespace hairpin::f5 {
namespace {

using testing::HasSubstr;
using testing::Not;

Fixture bad(const char* rule) { return fixture_of(std::filesystem::path(HAIRPIN_TEST_DATA) / "f5" / "lint" / rule / "bad.conf"); }

TEST(Silence, TakesAFindingOutOfTheCountAndKeepsItsReason) {
  const auto fixture = bad("LOOP-001");
  const auto config = config_of(fixture.text);
  auto findings = lint(config, fixture.known, {});
  const auto reading = read_silences("silence:\n  - { rule: LOOP-001, object: /Common/v, reason: only for GTM }\n");
  ASSERT_TRUE(reading.problems.empty());
  EXPECT_TRUE(apply(reading.silences, findings).empty());
  const auto text = lint_text(config, findings, false);
  EXPECT_THAT(text, HasSubstr("1 silenced"));
  EXPECT_THAT(text, HasSubstr("only for GTM"));
  EXPECT_THAT(text, Not(HasSubstr("\nW LOOP-001")));
}

TEST(Silence, IsForItsRuleAndObjectOnly) {
  const auto fixture = bad("LOOP-001");
  const auto config = config_of(fixture.text);
  auto findings = lint(config, fixture.known, {});
  const auto reading = read_silences(
      "silence:\n  - { rule: LOOP-001, object: /Common/other, reason: r }\n  - { rule: PATH-002, object: /Common/v, reason: r }\n");
  ASSERT_EQ(reading.silences.size(), 2u);
  EXPECT_EQ(apply(reading.silences, findings).size(), 2u);
  for (const auto& finding : findings) EXPECT_EQ(finding.silenced, "");
}

TEST(Silence, SaysWhatWasMeant) {
  const auto rule = read_silences("silence:\n  - { rule: LOOP-01, object: /Common/v, reason: r }\n");
  ASSERT_EQ(rule.problems.size(), 1u);
  EXPECT_EQ(rule.problems[0].line, 2u);
  EXPECT_THAT(rule.problems[0].mend, HasSubstr("did you mean \"LOOP-001\"?"));
  const auto key = read_silences("silence:\n  - { rule: LOOP-001, objekt: /Common/v, reason: r }\n");
  ASSERT_FALSE(key.problems.empty());
  EXPECT_THAT(describe(key.problems[0], "s.yaml") + describe(key.problems.back(), "s.yaml"), HasSubstr("did you mean \"object\"?"));
  EXPECT_FALSE(read_silences("silence:\n  - { rule: LOOP-001, object: /Common/v }\n").problems.empty()) << "a reason is required";
}

TEST(LintReport, HasNoSecret) {
  const auto fixture = bad("SEC-001");
  const auto config = config_of(fixture.text + "ltm pool /Common/$M$ab$secret== { }\n");
  const auto findings = lint(config, fixture.known, {});
  const auto text = lint_text(config, findings, true) + boost::json::serialize(lint_json(config, findings));
  EXPECT_THAT(text, HasSubstr("SEC-001"));
  EXPECT_THAT(text, Not(HasSubstr("notarealhash")));
  EXPECT_THAT(text, Not(HasSubstr("$M$")));
}

}  // namespace
}  // namespace hairpin::f5

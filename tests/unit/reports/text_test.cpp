// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(TextReport, HasTheGoldenFormOfEverySample) {
  for (const auto& [name, run] : samples::all()) {
    samples::expect_golden(name + ".txt", text(run, {}));
    samples::expect_golden(name + ".verbose.txt", text(run, {.is_verbose = true}));
  }
  samples::expect_golden("broken.colour.txt", text(samples::broken(), {.has_colour = true}));
  samples::expect_golden("broken.narrow.txt", text(samples::broken(), {.width = 60}));
}

TEST(TextReport, EndsWithTheVerdictAndTheCounts) {
  const std::string last =
      "FAIL  4 passed, 6 failed, 0 warnings, 1 info, 0 inconclusive, 2 skipped  (7.2 s)\n";
  EXPECT_THAT(text(samples::broken(), {}), EndsWith("\n" + last));
  EXPECT_EQ(text(samples::broken(), {.is_quiet = true}), last);
  EXPECT_EQ(text(samples::warned(), {.is_quiet = true}),
            "WARN  1 passed, 0 failed, 1 warning, 0 info, 0 inconclusive, 0 skipped  (5.5 s)\n");
}

TEST(TextReport, NamesOnTheFirstScreenWhoAnsweredWhoResetAndWhatMendsIt) {
  const auto report = text(samples::broken(), {});
  EXPECT_THAT(report, HasSubstr("observed  SYN-ACK from 10.137.2.22:444 (02:00:0a:89:02:16)"));
  EXPECT_THAT(report, HasSubstr("then      RST from oc01 (10.137.2.21)"));
  EXPECT_THAT(report, HasSubstr("10.137.2.21.44300 > 10.137.2.21.444: Flags [S]"));
  EXPECT_THAT(report,
              HasSubstr("\n    tmsh modify ltm virtual /Common/pool01_444 source-address-translation"));
  EXPECT_LE(lines_of(report).size(), 60U);
}

TEST(TextReport, SaysWhatWorksThroughTheSameVip) {
  EXPECT_THAT(text(samples::broken(), {}),
              HasSubstr("\n  works through the same VIP: client1 → oc01, oc02 (6 of 6)\n"));
  auto run = samples::broken();
  for (auto& finding : run.findings)
    if (finding.verdict == Verdict::fail) finding.verdict = Verdict::warn;
  EXPECT_THAT(text(run, {}), Not(HasSubstr("works through"))) << "where nothing fails it proves nothing";
}

TEST(TextReport, NamesTheCaptureFileAndTheFrame) {
  EXPECT_THAT(text(samples::broken(), {}), HasSubstr("\n      captures/oc01-eth0.pcap #2  10:00:01.000410Z  02:00"));
}

TEST(TextReport, RepeatsTheFaultWithoutHairpinWhenAskedForMore) {
  const auto line = samples::broken().diagnoses[0].failing[0].repeat[0];
  EXPECT_THAT(text(samples::broken(), {.is_verbose = true}), HasSubstr("    on oc01, for oc01 → oc01:\n      " + line));
  EXPECT_THAT(text(samples::broken(), {}), Not(HasSubstr("timeout 10")));
}

TEST(TextReport, ShowsThePairsAsAMatrix) {
  EXPECT_THAT(text(samples::broken(), {}), HasSubstr("             oc01  oc02\n"
                                                     "    client1  ok    ok\n"
                                                     "    oc01     FAIL  FAIL\n"
                                                     "    oc02     FAIL  FAIL\n"));
}

/// The last source fails on every member.
Run large_site(std::size_t sources, std::size_t members) {
  auto run = samples::broken();
  const auto failing = run.findings[5];
  run.findings.clear();
  for (std::size_t source = 0; source < sources; ++source)
    for (std::size_t member = 0; member < members; ++member) {
      auto one = failing;
      one.subject.source = "source" + std::to_string(source);
      one.subject.member = "member" + std::to_string(member);
      one.verdict = source + 1 == sources ? Verdict::fail : Verdict::pass;
      one.id = finding_id(one.check, one.subject);
      run.findings.push_back(one);
    }
  run.diagnoses[0].findings = {run.findings.back().id};
  return run;
}

TEST(TextReport, FoldsSourcesThatReachEveryMember) {
  const auto report = text(large_site(11, 3), {});
  EXPECT_THAT(report, HasSubstr("10 more sources: ok on every member"));
  EXPECT_THAT(report, HasSubstr("source10"));
}

TEST(TextReport, ListsThePairsWhenTheMatrixIsTooWide) {
  const auto report = text(large_site(20, 20), {});
  EXPECT_THAT(report, HasSubstr("FAIL  source19→member0"));
  EXPECT_THAT(report, HasSubstr("380 of 400 pairs"));
}

TEST(TextReport, WrapsTextButNeitherCommandsNorPackets) {
  for (const auto& line : lines_of(text(samples::broken(), {.width = 60}))) {
    const bool is_copied =
        line.find("Flags [") != std::string::npos || line.find("tmsh") != std::string::npos ||
        line.find("started") != std::string::npos || line.find("(7.2 s)") != std::string::npos ||
        line.find("observed") != std::string::npos || line.find("then") != std::string::npos ||
        line.find("cause ") != std::string::npos || line.starts_with("    oc0");
    EXPECT_TRUE(is_copied || columns(line) <= 60U) << line;
  }
  EXPECT_THAT(
      text(samples::broken(), {.width = 60}),
      HasSubstr("tmsh modify ltm virtual /Common/pool01_444 source-address-translation { type automap }\n"));
}

TEST(TextReport, LetsNoControlCharacterThrough) {
  for (const bool is_verbose : {false, true}) {
    const auto report = text(samples::hostile(), {.is_verbose = is_verbose});
    for (const char byte : report) EXPECT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
    EXPECT_THAT(report, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(report, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(report, HasSubstr("\\x1b[2J"));
    EXPECT_EQ(report, valid_utf8(report));
  }
}

TEST(TextReport, IsColouredOnlyWhenTheStyleSaysSo) {
  EXPECT_THAT(text(samples::broken(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(text(samples::broken(), {.has_colour = true}), HasSubstr("\x1b[1;31mFAIL\x1b[0m"));
}

TEST(TextReport, GivesReasonAndNextStepOfWhatIsInconclusive) {
  const auto report = text(samples::inconclusive(), {});
  EXPECT_THAT(report,
              HasSubstr("?  coverage.not-seen  client1 → oc02, oc01 → oc02\n     reason  11 connections"));
  EXPECT_THAT(report, HasSubstr("\n     next    tmsh show ltm pool /Common/pool01_444_pool members\n"));
  EXPECT_THAT(report, HasSubstr("?  vantage.drops  host oc02"));
}

TEST(Printable, WritesControlsVisiblyAndKeepsLetters) {
  EXPECT_EQ(printable("a\tb\x1b\x7f"), "a\\x09b\\x1b\\x7f");
  EXPECT_EQ(printable("Zürich → 東京"), "Zürich → 東京");
  EXPECT_EQ(printable("\xe2\x80\xae\xe2\x80\xa8"), "\\u202e\\u2028");
}

TEST(Utf8, ReplacesWhatIsNotValid) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("\xff"), bad);
  EXPECT_EQ(valid_utf8("\xc0\xaf"), bad + bad);                // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), bad + bad + bad);      // surrogate
  EXPECT_EQ(valid_utf8("\xe2\x82"), bad + bad);                // cut off
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80x").substr(12), "x");  // beyond U+10FFFF
  EXPECT_EQ(valid_utf8("\xf0\x9f\x98\x80\"\xe2\""), "\xf0\x9f\x98\x80\"" + bad + "\"");
  EXPECT_EQ(columns("→x"), 2U);
}

}  // namespace
}  // namespace hairpin::reports

// SPDX-License-Identifier: Apache-2.0
#include "reports/for_f5.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.hpp"
#include "reports/quoted_text.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The text has the local time: in these tests, the one of a machine in Zürich in winter.
class ForF5 : public testing::Test {
 protected:
  void SetUp() override {
    const char* zone = ::getenv("TZ");
    if (zone) zone_ = zone;
    ::setenv("TZ", "CET-1", 1);
  }
  void TearDown() override {
    if (zone_) ::setenv("TZ", zone_->c_str(), 1);
    else ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> zone_;
};

TEST_F(ForF5, HasTheGoldenForm) {
  samples::expect_golden("broken.for-f5.txt", for_f5(samples::broken(), samples::captures()));
  samples::expect_golden("hostile.for-f5.txt", for_f5(samples::hostile(), samples::captures()));
}

TEST_F(ForF5, IsEmptyWhenNobodyElseHasToAct) {
  EXPECT_EQ(for_f5(samples::mended(), samples::captures()), "");
  auto run = samples::broken();
  run.diagnoses[0].owner = "service";
  EXPECT_EQ(for_f5(run, samples::captures()), "");
  run.diagnoses[0].owner = "network";
  EXPECT_THAT(for_f5(run, samples::captures()), HasSubstr("to be mended by: network"));
}

TEST_F(ForF5, HasASectionForEachDiagnosisOfTheirs) {
  auto run = samples::broken();
  run.diagnoses.push_back(run.diagnoses[0]);
  run.diagnoses.push_back(run.diagnoses[0]);
  run.diagnoses[1].owner = "host";
  const auto text = for_f5(run, samples::captures());
  EXPECT_THAT(text, HasSubstr("[1 of 2]"));
  EXPECT_THAT(text, HasSubstr("[2 of 2]"));
  EXPECT_THAT(text, Not(HasSubstr("mended by: host")));
}

TEST_F(ForF5, SaysTheMomentInUtcAndInLocalTime) {
  const auto text = for_f5(samples::broken(), samples::captures());
  EXPECT_THAT(text, HasSubstr("2026-11-22T10:00:01Z to 2026-11-22T10:00:06Z, in UTC"));
  EXPECT_THAT(text, HasSubstr("2026-11-22 11:00:01 CET (+0100) to 2026-11-22 11:00:06 CET (+0100), where"));
}

TEST_F(ForF5, SaysWhichCaptureCannotVouch) {
  const auto text = for_f5(samples::broken(), samples::captures());
  EXPECT_THAT(text, HasSubstr("captures/oc01-eth0.pcap  proven to see packets before and after the test, 58 packets kept, none lost\n"));
  EXPECT_THAT(text, HasSubstr("captures/oc02-eth0.pcap  proven before the test, NOT after it, 58 packets kept, 17 LOST\n"));
  EXPECT_THAT(text, Not(HasSubstr("client1-eth0"))) << "it quotes no packet of that capture";
}

TEST_F(ForF5, KeepsTheCommandsWhole) {
  const auto text = for_f5(samples::broken(), samples::captures());
  const auto diagnosis = samples::broken().diagnoses[0];
  for (const auto* list : {&diagnosis.look, &diagnosis.capture, &diagnosis.remedy.mend, &diagnosis.remedy.keep,
                           &diagnosis.remedy.roll_back, &diagnosis.failing[0].repeat})
    for (const auto& command : *list) EXPECT_THAT(text, HasSubstr(command + "\n"));
}

TEST_F(ForF5, SaysSoWhenNothingWorksThroughTheVip) {
  auto run = samples::broken();
  run.diagnoses[0].working.clear();
  EXPECT_THAT(for_f5(run, samples::captures()), HasSubstr("Connections through the same VIP that work\n    none in this run\n"));
}

TEST_F(ForF5, LetsNoControlCharacterThrough) {
  const auto text = for_f5(samples::hostile(), samples::captures());
  for (const char byte : text) EXPECT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
  EXPECT_EQ(text, valid_utf8(text));
}

TEST_F(ForF5, FoldsManyPairs) {
  auto run = samples::broken();
  auto& diagnosis = run.diagnoses[0];
  diagnosis.failing.resize(20, diagnosis.failing[0]);
  diagnosis.working.resize(20, diagnosis.working[0]);
  EXPECT_THAT(for_f5(run, samples::captures()), HasSubstr("... and 12 more pairs, in run.json"));
}

TEST(QuotedPairs, SayHowOftenAPairFailed) {
  QuotedPair pair;
  const auto text = [&](std::uint32_t count, std::uint32_t attempts) {
    pair.count = count;
    pair.attempts = attempts;
    return failures(pair);
  };
  EXPECT_EQ(text(4, 4), "4 of 4 failed, confirmed");
  EXPECT_EQ(text(1, 6), "1 of 6 failed, intermittent");
  EXPECT_EQ(text(1, 1), "1 of 1 failed, seen once");
}

TEST(QuotedPairs, AddUpBySourceInOneLine) {
  Diagnosis diagnosis;
  EXPECT_EQ(works(diagnosis), "");
  const auto add = [&](const std::string& source, const std::string& member) {
    auto& pair = diagnosis.working.emplace_back();
    pair.source = source;
    pair.member = member;
    pair.count = 3;
    pair.attempts = 4;
  };
  add("client1", "oc01");
  add("client1", "oc02");
  add("client1", "oc01");  // the other family
  add("client2", "");
  EXPECT_EQ(works(diagnosis), "client1 → oc01, oc02 (9 of 12); client2 (3 of 4)");
  for (int i = 0; i < 6; ++i) add("client1", "m" + std::to_string(i));
  for (int i = 3; i < 6; ++i) add("client" + std::to_string(i), "oc01");
  EXPECT_THAT(works(diagnosis), HasSubstr("client1 → oc01, oc02, m0, m1, and 4 more (27 of 36)"));
  EXPECT_THAT(works(diagnosis), HasSubstr("; and 2 more sources"));
}

}  // namespace
}  // namespace hairpin::reports

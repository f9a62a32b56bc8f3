// SPDX-License-Identifier: Apache-2.0
#include "evidence/finding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Finding> with(std::initializer_list<Verdict> verdicts) {
  std::vector<Finding> findings;
  for (const auto verdict : verdicts) findings.emplace_back().verdict = verdict;
  return findings;
}

std::vector<std::string> keys(const json::value& value) {
  std::vector<std::string> names;
  for (const auto& pair : value.as_object()) names.emplace_back(pair.key());
  return names;
}

TEST(Overall, TakesTheFirstOfFailInconclusiveWarnPass) {
  using enum Verdict;
  EXPECT_EQ(overall(with({pass, warn, inconclusive, fail, info, skip})), fail);
  EXPECT_EQ(overall(with({pass, warn, inconclusive, info})), inconclusive);
  EXPECT_EQ(overall(with({info, pass, warn})), warn);
  EXPECT_EQ(overall(with({skip, info, pass})), pass);
}

TEST(Overall, IsInconclusiveWhenNothingWasJudged) {
  EXPECT_EQ(overall({}), Verdict::inconclusive);
  EXPECT_EQ(overall(with({Verdict::info, Verdict::skip})), Verdict::inconclusive);
}

TEST(Count, CountsEachVerdictOnce) {
  using enum Verdict;
  const auto counts = count(with({pass, pass, pass, fail, warn, warn, info, inconclusive, skip, skip}));
  EXPECT_EQ(json::serialize(to_json(counts)),
            R"({"pass":3,"fail":1,"warn":2,"info":1,"inconclusive":1,"skip":2})");
}

TEST(FindingId, IsTheCheckAndThePartsThatApply) {
  EXPECT_EQ(finding_id("return-path", {"pool01", "mcu-factory", "10.0.0.1:444", "oc01", "oc02", "", "ipv4"}),
            "return-path/pool01/mcu-factory/oc01/oc02/ipv4");
  EXPECT_EQ(finding_id("vantage", {"", "", "", "", "", "oc01", ""}), "vantage/oc01");
}

TEST(FindingId, TellsASourceFromAMemberAndASlashFromASeparator) {
  const Subject from{"p", "v", "", "oc01", "", "", ""}, to{"p", "v", "", "", "oc01", "", ""};
  EXPECT_NE(finding_id("coverage", from), finding_id("coverage", to));
  EXPECT_NE(finding_id("c", {"a/b", "c", "", "", "", "", ""}),
            finding_id("c", {"a", "b/c", "", "", "", "", ""}));
}

TEST(OwnerName, IsWrittenAsInTheDesign) {
  EXPECT_EQ(to_string(Owner::load_balancer), "load-balancer");
  EXPECT_EQ(to_string(Owner::certificate), "certificate");
}

TEST(RunJson, HasTheKeysOfTheDesignInTheirOrder) {
  const auto document = to_json_document(reports::samples::broken());
  EXPECT_THAT(keys(document),
              ElementsAre("schema", "run", "topology", "verdict", "counts", "diagnoses", "findings"));
  EXPECT_EQ(document.at("schema"), "hairpin.run/1");
  EXPECT_EQ(document.at("run").at("started"), "2026-11-22T10:00:00Z");
  EXPECT_THAT(keys(document.at("findings").at(5)),
              ElementsAre("id", "check", "verdict", "cause", "subject", "grade", "attempts", "failed",
                          "confirmed", "expected", "observed", "summary", "evidence"));
  EXPECT_THAT(keys(document.at("findings").at(5).at("subject")),
              ElementsAre("pool", "virtual_server", "vip", "source", "member", "family"));
  EXPECT_THAT(keys(document.at("findings").at(5).at("evidence").at(0)),
              ElementsAre("vantage", "time", "match", "text", "frame"));
  EXPECT_EQ(document.at("diagnoses").at(0).at("owner"), "load-balancer");
}

TEST(RunJson, HasTheGoldenFormOfEverySample) {
  for (const auto& [name, run] : reports::samples::all())
    reports::samples::expect_golden(name + ".json", reports::json(run));
}

TEST(RunJson, LeavesOutWhatDoesNotApply) {
  const auto document = to_json_document(reports::samples::mended());
  EXPECT_THAT(keys(document.at("findings").at(0)),
              ElementsAre("id", "check", "verdict", "subject", "attempts", "failed", "summary", "evidence"));
}

TEST(RunJson, ReadsARunOfABundleFromBeforeTheHandOver) {
  auto document = to_json_document(reports::samples::broken());
  auto& diagnosis = document.as_object()["diagnoses"].at(0).as_object();
  for (const char* key : {"meaning", "failing", "working", "look", "capture"}) diagnosis.erase(key);
  diagnosis["remedy"].as_object().erase("keep");
  const auto read = run_from_json(document);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_TRUE(read->diagnoses[0].failing.empty());
  EXPECT_FALSE(read->diagnoses[0].meaning);
}

TEST(RunJson, LeavesOutWhatIsNotKnownOfAQuotedPair) {
  auto run = reports::samples::broken();
  run.diagnoses[0].working = {QuotedPair{}};
  EXPECT_THAT(keys(to_json_document(run).at("diagnoses").at(0).at("working").at(0)),
              ElementsAre("source", "vip", "attempts", "count", "packets", "repeat"));
  const auto read = run_from_json(to_json_document(run));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->diagnoses[0].working[0].member, "");
}

TEST(RunJson, RoundsTheDurationToAMillisecond) {
  auto run = reports::samples::mended();
  run.run.duration_s = 6.81249;
  EXPECT_EQ(to_json_document(run).at("run").at("duration_s").as_double(), 6.812);
  run.run.duration_s = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(to_json_document(run).at("run").at("duration_s").as_double(), 0);
}

TEST(RunJson, ReadsBackWhatWasWritten) {
  for (const auto& [name, run] : reports::samples::all()) {
    const auto text = reports::json(run);
    const auto document = parse_json(text, name);
    ASSERT_TRUE(document) << name << describe(document.error());
    const auto read = run_from_json(*document);
    ASSERT_TRUE(read) << name << describe(read.error());
    EXPECT_EQ(reports::json(*read), text) << name;
  }
}

TEST(RunJson, KeepsItsNumbersReadable) {
  auto run = reports::samples::mended();
  run.run.duration_s = 7.2;
  EXPECT_THAT(reports::json(run), HasSubstr("\"duration_s\": 7.2,"));
}

TEST(RunJson, NeverPrintsAControlCharacter) {
  for (const char byte : reports::json(reports::samples::hostile()))
    EXPECT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
  EXPECT_THAT(reports::json(reports::samples::hostile()), HasSubstr(R"(\u009b31m\u202e)"));
}

std::string complaint(void (*spoil)(json::object&)) {
  auto document = to_json_document(reports::samples::broken());
  spoil(document.as_object());
  const auto read = run_from_json(document);
  return read ? "it was read" : describe(read.error());
}

TEST(RunJson, RefusesOtherSchemasByName) {
  EXPECT_THAT(complaint([](json::object& run) { run["schema"] = "hairpin.run/2"; }),
              HasSubstr("its schema is \"hairpin.run/2\", this hairpin reads \"hairpin.run/1\""));
  EXPECT_THAT(complaint([](json::object& run) { run.erase("schema"); }), HasSubstr("\"schema\" is missing"));
}

TEST(RunJson, NamesThePlaceOfWhatIsWrong) {
  EXPECT_THAT(
      complaint([](json::object& run) { run["findings"].at(3).at("verdict") = "maybe"; }),
      HasSubstr(
          "findings[3].verdict: it must be one of fail inconclusive warn pass info skip, not \"maybe\""));
  EXPECT_THAT(complaint([](json::object& run) { run["findings"].at(0).as_object()["colour"] = "red"; }),
              HasSubstr("findings[0]: the key \"colour\" is not known"));
  EXPECT_THAT(complaint([](json::object& run) { run.erase("findings"); }),
              HasSubstr("\"findings\" is missing"));
  EXPECT_THAT(complaint([](json::object& run) { run["findings"].at(0).as_object().erase("summary"); }),
              HasSubstr("findings[0]: the key \"summary\" is missing"));
  EXPECT_THAT(complaint([](json::object& run) { run["findings"].at(0).at("subject") = 7; }),
              HasSubstr("findings[0].subject: it must be an object, not 7"));
}

TEST(RunJson, RefusesCountsThatItsFindingsContradict) {
  EXPECT_THAT(complaint([](json::object& run) { run["counts"].at("fail") = 0; }),
              HasSubstr("\"counts\" does not agree"));
  EXPECT_FALSE(run_from_json(json::value("text")));
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <set>

#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

int status_of(const std::string& command) {
  const int status = ::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool has_xmllint() { return status_of("command -v xmllint >/dev/null 2>&1") == 0; }

/// 0 when valid. `option` is --relaxng or --schema.
int validate(const std::string& xml, const char* option, const std::string& schema) {
  const samples::TemporaryDirectory directory;
  const auto file = directory.path() + "/junit.xml";
  samples::write_bytes(file, xml);
  const auto quiet =
      fmt::format("xmllint --nonet --noout {} '{}' '{}' 2>'{}.log'", option, schema, file, file);
  const auto status = status_of(quiet);
  if (status != 0) std::puts(samples::read_bytes(file + ".log").c_str());
  return status;
}

const std::string kOurSchema = HAIRPIN_TEST_DATA "/junit.rng";

TEST(Junit, HasTheGoldenFormOfEverySample) {
  for (const auto& [name, run] : samples::all()) samples::expect_golden(name + ".junit.xml", junit(run));
}

TEST(Junit, IsValid) {
  if (!has_xmllint()) GTEST_SKIP() << "xmllint is not installed (libxml2-utils)";
  for (const auto& [name, run] : samples::all())
    EXPECT_EQ(validate(junit(run), "--relaxng", kOurSchema), 0) << name;
}

TEST(Junit, IsValidForJenkins) {
  const char* schema = ::getenv("HAIRPIN_JUNIT_XSD");
  if (!has_xmllint() || schema == nullptr)
    GTEST_SKIP()
        << "HAIRPIN_JUNIT_XSD does not name a junit-10.xsd of Jenkins' xunit plug-in, or xmllint is missing";
  for (const auto& [name, run] : samples::all())
    EXPECT_EQ(validate(junit(run), "--schema", schema), 0) << name;
}

TEST(Junit, SchemaOfTheTestsRefusesWhatJenkinsRefuses) {
  if (!has_xmllint()) GTEST_SKIP() << "xmllint is not installed (libxml2-utils)";
  const auto good = junit(samples::broken());
  const auto spoilt = [&](const std::string& what, const std::string& by) {
    auto xml = good;
    EXPECT_NE(xml.find(what), std::string::npos) << what;
    return xml.replace(xml.find(what), what.size(), by);
  };
  EXPECT_NE(validate(spoilt("time=\"7.200\"", "time=\"1e-05\""), "--relaxng", kOurSchema), 0);
  EXPECT_NE(validate(spoilt("<testsuites ", "<testsuites skipped=\"1\" "), "--relaxng", kOurSchema), 0);
  EXPECT_NE(validate(spoilt("<testcase ", "<testcase file=\"x\" "), "--relaxng", kOurSchema), 0);
}

TEST(Junit, MapsVerdictsToOutcomes) {
  const auto failed = junit(samples::broken());
  EXPECT_THAT(failed, HasSubstr("<failure type=\"return-path.bypasses-load-balancer\" "
                                "message=\"oc02 answered oc01 directly\">"));
  EXPECT_THAT(failed, HasSubstr("mend: tmsh modify ltm virtual"));
  EXPECT_THAT(failed,
              HasSubstr("<skipped type=\"reset.by-client\" message=\"explained by the return path\"/>"));
  EXPECT_THAT(junit(samples::inconclusive()), HasSubstr("<error type=\"coverage.not-seen\" "));
  EXPECT_THAT(junit(samples::warned()), HasSubstr("<system-out>WARNING snat.non-floating-address"));
  EXPECT_THAT(junit(samples::warned()), Not(HasSubstr("<failure")));
  EXPECT_THAT(failed, HasSubstr("tests=\"13\" failures=\"6\" errors=\"0\">"));
}

TEST(Junit, NamesEveryCaseOnce) {
  auto run = samples::broken();
  run.findings.push_back(run.findings.front());  // a run that breaks its promise hides nothing
  const auto xml = junit(run);
  const std::string_view begin = "<testcase ";
  std::set<std::string> names;
  std::size_t cases = 0;
  for (auto at = xml.find(begin); at != std::string::npos; at = xml.find(begin, at + 1), ++cases)
    names.insert(xml.substr(at, xml.find('>', at) - at));
  EXPECT_EQ(cases, run.findings.size());
  EXPECT_EQ(names.size(), cases);
}

TEST(Junit, EscapesMarkupAndControls) {
  const auto xml = junit(samples::hostile());
  for (const char byte : xml) EXPECT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
  EXPECT_THAT(xml, Not(HasSubstr("<script>")));
  EXPECT_THAT(xml, HasSubstr("&lt;script&gt;&amp;&quot;&apos;|="));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
}

}  // namespace
}  // namespace hairpin::reports

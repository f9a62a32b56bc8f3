// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/json.hpp"
#include "reports/indented.hpp"
#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

namespace json = boost::json;

constexpr int kNoValidator = 77;

/// Debian's python3-jsonschema knows 2020-12; the C++ validators in Debian stop at draft 7.
int validate(const std::vector<std::string>& documents) {
  const samples::TemporaryDirectory directory;
  auto command = std::string("python3 '" HAIRPIN_SOURCE_DIR
                             "/tests/unit/reports/validate_schema.py' '" HAIRPIN_SOURCE_DIR
                             "/docs/schema/run.schema.json'");
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto file = fmt::format("{}/{}.json", directory.path(), i);
    samples::write_bytes(file, documents[i]);
    command += " '" + file + "'";
  }
  const int status = ::system((command + " 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string spoilt(void (*spoil)(json::object&)) {
  auto document = to_json_document(samples::broken());
  spoil(document.as_object());
  return indented(document);
}

TEST(RunSchema, AcceptsEveryDocumentThatIsProduced) {
  std::vector<std::string> documents;
  for (const auto& [name, run] : samples::all()) documents.push_back(reports::json(run));
  const int status = validate(documents);
  if (status == kNoValidator) GTEST_SKIP() << "the Python module jsonschema is missing (python3-jsonschema)";
  EXPECT_EQ(status, 0);
}

TEST(RunSchema, RefusesWhatTheContractDoesNotKnow) {
  if (validate({}) == kNoValidator)
    GTEST_SKIP() << "the Python module jsonschema is missing (python3-jsonschema)";
  const auto refuses = [](void (*spoil)(json::object&)) { return validate({spoilt(spoil)}) == 1; };
  EXPECT_TRUE(refuses([](json::object& run) { run["extra"] = 1; }));
  EXPECT_TRUE(refuses([](json::object& run) { run.erase("counts"); }));
  EXPECT_TRUE(refuses([](json::object& run) { run["verdict"] = "info"; }));
  EXPECT_TRUE(refuses([](json::object& run) { run["run"].at("started") = "2026-11-22 10:00"; }));
  EXPECT_TRUE(refuses([](json::object& run) { run["findings"].at(5).as_object().erase("cause"); }));
  EXPECT_TRUE(refuses([](json::object& run) { run["findings"].at(5).at("cause") = "some free text"; }));
  EXPECT_TRUE(
      refuses([](json::object& run) { run["findings"].at(0).at("subject").as_object()["mac"] = ""; }));
  EXPECT_TRUE(refuses([](json::object& run) { run["diagnoses"].at(0).at("owner") = "load_balancer"; }));
}

}  // namespace
}  // namespace hairpin::reports

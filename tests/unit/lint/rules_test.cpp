// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fixtures.hpp"

/// Every rule has configurations that it finds (bad*.conf), with severity and line, and near misses (good*.conf).
namespace hairpin::f5 {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(HAIRPIN_TEST_DATA) / "f5" / "lint";

std::vector<std::filesystem::path> files_of(const LintRule& rule, const std::string& beginning) {
  std::vector<std::filesystem::path> files;
  const auto folder = kFolder / rule.id;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".conf" && entry.path().filename().string().starts_with(beginning)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

LintFindings findings_of(const LintRule& rule, const Config& config, const Fixture& fixture) {
  const auto intent = fixture.topology ? Intent(*fixture.topology) : Intent();
  auto all = lint(config, fixture.known, intent);
  std::erase_if(all, [&](const LintFinding& finding) { return finding.rule != rule.id; });
  return all;
}

class EachRule : public testing::TestWithParam<const LintRule*> {};

TEST_P(EachRule, FindsWhatItIsForOnItsLine) {
  const auto& rule = *GetParam();
  const auto files = files_of(rule, "bad");
  ASSERT_FALSE(files.empty()) << "no bad.conf for " << rule.id;
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    const auto fixture = fixture_of(file);
    ASSERT_FALSE(fixture.severity.empty()) << "no line `# finding: …`";
    const auto config = config_of(fixture.text);
    const auto findings = findings_of(rule, config, fixture);
    ASSERT_EQ(findings.size(), 1u);
    const auto& finding = findings.front();
    EXPECT_EQ(std::string(1, letter(finding.severity)), fixture.severity) << finding.what;
    EXPECT_EQ(place_of(finding).line, fixture.line) << finding.what;
    EXPECT_NE(rule.severities.find(letter(finding.severity)), std::string_view::npos);
    EXPECT_TRUE(finding.object) << finding.what;
    EXPECT_FALSE(finding.what.empty());
    EXPECT_FALSE(finding.mend.empty());
  }
}

TEST_P(EachRule, IsSilentAboutTheNearMiss) {
  const auto& rule = *GetParam();
  const auto files = files_of(rule, "good");
  ASSERT_FALSE(files.empty()) << "no good.conf for " << rule.id;
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    const auto fixture = fixture_of(file);
    const auto config = config_of(fixture.text);
    for (const auto& finding : findings_of(rule, config, fixture)) ADD_FAILURE() << config.place(place_of(finding)) << ": " << finding.what;
  }
}

INSTANTIATE_TEST_SUITE_P(Lint, EachRule, testing::ValuesIn(lint_rules().begin(), lint_rules().end()), [](const auto& row) {
  std::string name(row.param->id);
  std::erase(name, '-');
  return name;
});

/// Every severity that a rule says it gives is shown by one of its configurations.
TEST_P(EachRule, ShowsEachOfItsSeverities) {
  std::string shown;
  for (const auto& file : files_of(*GetParam(), "bad")) shown += fixture_of(file).severity;
  for (const char severity : GetParam()->severities) {
    EXPECT_TRUE(severity == ' ' || shown.find(severity) != std::string::npos) << GetParam()->id << " " << severity;
  }
}

TEST(Catalogue, HasAnIdOnceAndAFolderForEach) {
  std::set<std::string_view> ids;
  for (const auto* rule : lint_rules()) EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    EXPECT_TRUE(ids.contains(entry.path().filename().string())) << entry.path() << " is no rule's";
}

TEST(Catalogue, IsInTheDocumentation) {
  const auto text = bytes_of(std::filesystem::path(HAIRPIN_SOURCE_DIR) / "docs" / "f5-paths.md");
  for (const auto* rule : lint_rules())
    EXPECT_NE(text.find(fmt::format("| {} | {} | ", rule->id, rule->severities)), std::string::npos) << rule->id << " " << rule->severities;
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "fixtures.hpp"
#include "tests/unit/f5/corpus.hpp"
#include "topology/lint/report.hpp"
#include "topology/predict/report.hpp"

/// Configurations that nobody here wrote: nothing breaks, and what the fixtures' own facts say holds.
namespace hairpin::f5 {
namespace {

std::vector<std::filesystem::path> configurations_below(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) return {};
  auto files = files_below(folder);
  std::erase_if(files, [](const auto& file) { return file.filename() == "LICENSE"; });
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Corpus, IsJudgedWithoutABreak) {
  const auto files = configurations_below(corpus() / "batfish");
  if (files.empty()) GTEST_SKIP() << "no corpus here";
  for (const auto& file : files) {
    const auto config = read_config_text(file.filename(), bytes_of(file));
    if (!config) continue;
    const Known known{{{"10.0.0.0/8", *parse_prefix("10.0.0.0/8")}}, {}};
    EXPECT_FALSE(lint_text(*config, lint(*config, known, {}), true).empty()) << file;
    EXPECT_FALSE(predictions_text(*config, predict(*config, known), true).empty()) << file;
  }
}

TEST(Corpus, TheDestinationNatOfBatfishIsOneArmWithoutSnat) {
  const auto files = configurations_below(corpus() / "batfish-dnat" / "configs");
  if (files.empty()) GTEST_SKIP() << "no corpus here";
  const auto config = config_of(bytes_of(files.front()));
  const auto has = [&](const LintFindings& findings, std::string_view rule, Severity severity) {
    return std::any_of(findings.begin(), findings.end(), [&](const auto& each) { return each.rule == rule && each.severity == severity; });
  };
  EXPECT_TRUE(has(lint(config, {}, {}), "PATH-001", Severity::warning));
  const Known neighbours{{{"192.0.2.128/25", *parse_prefix("192.0.2.128/25")}}, {}};
  EXPECT_TRUE(has(lint(config, neighbours, {}), "PATH-001", Severity::error));
  const Known far{{{"8.8.8.8", *parse_prefix("8.8.8.8/32")}}, {}};
  const auto predictions = predict(config, far);
  ASSERT_FALSE(predictions.paths.empty());
  EXPECT_EQ(predictions.paths[0].snat, SnatKind::none) << "the source stays";
  EXPECT_EQ(predictions.paths[0].verdict, PathVerdict::needs_probe);
}

}  // namespace
}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/report.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "base/text.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kMostOfARule = 5;

struct Counts {
  std::size_t by_severity[3] = {0, 0, 0};
  std::size_t silenced = 0;
};

Counts counts_of(const LintFindings& findings) {
  Counts counts;
  for (const auto& finding : findings) finding.silenced.empty() ? ++counts.by_severity[static_cast<int>(finding.severity)] : ++counts.silenced;
  return counts;
}

std::string object_text(const LintFinding& finding) {
  return finding.object ? fmt::format("{} {}", shown(finding.object->kind), shown(finding.object->name)) : std::string();
}

std::string head_text(const Config& config, const LintFindings& findings) {
  const auto counts = counts_of(findings);
  const auto plural = [](std::size_t count, const char* word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); };
  auto text = fmt::format("{}, {}, {} for information", plural(counts.by_severity[0], "error"), plural(counts.by_severity[1], "warning"), counts.by_severity[2]);
  if (counts.silenced > 0) text += fmt::format(", {} silenced", counts.silenced);
  return text + fmt::format(" in {}\n", plural(config.trees.size(), "file"));
}

std::string finding_text(const Config& config, const LintFinding& finding, bool is_verbose) {
  auto text = fmt::format("\n{} {}  {}  ({})\n  {}\n", letter(finding.severity), finding.rule, object_text(finding), config.place(place_of(finding)), finding.what);
  if (is_verbose) text += fmt::format("  why   {}\n", find_lint_rule(finding.rule)->why);
  for (const auto& mend : finding.mend) text += fmt::format("  mend  {}\n", mend);
  return text;
}

std::string silenced_text(const Config& config, const LintFinding& finding) {
  return fmt::format("  {} {}  {}  ({}): {}\n", letter(finding.severity), finding.rule, object_text(finding), config.place(place_of(finding)),
                     printable(finding.silenced));
}

}  // namespace

std::string lint_text(const Config& config, const LintFindings& findings, bool is_verbose) {
  auto text = head_text(config, findings);
  std::map<std::pair<Severity, std::string_view>, std::size_t> seen;
  std::string silenced;
  for (const auto& finding : findings) {
    if (!finding.silenced.empty())
      silenced += silenced_text(config, finding);
    else if (++seen[{finding.severity, finding.rule}] <= kMostOfARule || is_verbose)
      text += finding_text(config, finding, is_verbose);
  }
  for (const auto& [rule, count] : seen)
    if (count > kMostOfARule && !is_verbose) text += fmt::format("\n{} {}  and {} more (-v lists them)\n", letter(rule.first), rule.second, count - kMostOfARule);
  if (!silenced.empty()) text += "\nSilenced\n" + silenced;
  return text;
}

boost::json::value lint_json(const Config& config, const LintFindings& findings) {
  const auto counts = counts_of(findings);
  boost::json::array rows;
  for (const auto& finding : findings) {
    boost::json::array mend;
    for (const auto& each : finding.mend) mend.emplace_back(each);
    boost::json::object row{{"rule", finding.rule},
                            {"severity", boost::describe::enum_to_string(finding.severity, "")},
                            {"object", object_text(finding)},
                            {"place", config.place(place_of(finding))},
                            {"what", finding.what},
                            {"why", find_lint_rule(finding.rule)->why},
                            {"mend", std::move(mend)}};
    if (!finding.silenced.empty()) row["silenced"] = printable(finding.silenced);
    rows.push_back(std::move(row));
  }
  return {{"schema", "hairpin.lint/1"},
          {"counts", {{"error", counts.by_severity[0]}, {"warning", counts.by_severity[1]}, {"information", counts.by_severity[2]}, {"silenced", counts.silenced}}},
          {"findings", std::move(rows)},
          {"remarks", remarks_json(config)}};
}

std::string lint_rules_text() {
  std::string text;
  for (const auto* rule : lint_rules()) text += fmt::format("{:<9} {:<4} {}\n", rule->id, rule->severities, rule->title);
  return text;
}

}  // namespace hairpin::f5

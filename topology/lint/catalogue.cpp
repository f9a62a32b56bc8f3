// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "topology/lint/mends.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::array kRules{
    &kPath001,    &kPath002,        &kPath003,  &kPath004,  &kLoop001,  &kSnat001,       &kSnat002,       &kSnat003,
    &kSnat004,    &kSnat005,        &kSnat006,  &kSnat007,  &kNPath001, &kNPath002,      &kTls001,        &kTls002,
    &kTls003,     &kTls004,         &kTls005,   &kTls006,   &kLastHop001, &kRouteDomain001, &kPort001,    &kTimeout001,
    &kVlan001,    &kPool001,        &kPool002,  &kPool003,  &kPersistence001, &kOneConnect001, &kServer001, &kServer002,
    &kReference001, &kDynamic001,   &kDynamic002, &kUnits001, &kSecrets001};

}  // namespace

char letter(Severity severity) { return "EWI"[static_cast<int>(severity)]; }

std::span<const LintRule* const> lint_rules() { return kRules; }

const LintRule* find_lint_rule(std::string_view id) {
  const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const LintRule* rule) { return rule->id == id; });
  return found == kRules.end() ? nullptr : *found;
}

Origin place_of(const LintFinding& finding) { return finding.origin || !finding.object ? finding.origin : finding.object->origin; }

LintFindings lint(const Config& config, const Known& known, const Intent& intent) {
  const Networks networks(config);
  const LintCase c{config, networks, known, intent};
  LintFindings findings;
  for (const auto* rule : kRules) {
    const auto first = findings.size();
    rule->judge(c, findings);
    for (auto i = first; i < findings.size(); ++i) {
      findings[i].rule = rule->id;
      fit_mends(config, findings[i]);
    }
  }
  std::stable_sort(findings.begin(), findings.end(), [](const LintFinding& left, const LintFinding& right) {
    return std::pair(left.severity, place_of(left)) < std::pair(right.severity, place_of(right));
  });
  return findings;
}

}  // namespace hairpin::f5

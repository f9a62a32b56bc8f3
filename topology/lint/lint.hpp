// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topology/lint/intent.hpp"
#include "topology/predict/predict.hpp"

/// Faults that a configuration shows by itself: one rule, one judgement, no I/O.
namespace hairpin::f5 {

BOOST_DEFINE_ENUM_CLASS(Severity, error, warning, information)
char letter(Severity severity);  ///< E, W, I

struct LintFinding {
  std::string_view rule;
  Severity severity{};
  const Object* object = nullptr;  ///< whom it is about
  Origin origin;                   ///< the line; none: the object's
  std::string what;                ///< one sentence, fit for a screen
  std::vector<std::string> mend;   ///< tmsh commands; a step in words where no command does it
  std::string silenced;            ///< the reason that somebody gave; empty: it counts
};
using LintFindings = std::vector<LintFinding>;

/// What a rule may look at.
struct LintCase {
  const Config& config;
  const Networks& networks;
  const Known& known;    ///< clients and gateways that were stated
  const Intent& intent;  ///< of the topology, where there is one
};

struct LintRule {
  std::string_view id;          ///< forever
  std::string_view severities;  ///< that it gives: "E", "E W"
  std::string_view title;
  std::string_view why;         ///< what happens in the network
  void (*judge)(const LintCase& c, LintFindings& into);
};

/// Every rule, in the order in which reports show them.
std::span<const LintRule* const> lint_rules();
const LintRule* find_lint_rule(std::string_view id);

/// All rules: findings by severity, then by file and line.
LintFindings lint(const Config& config, const Known& known, const Intent& intent);

/// The line of a finding.
Origin place_of(const LintFinding& finding);

}  // namespace hairpin::f5

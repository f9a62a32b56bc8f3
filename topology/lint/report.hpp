// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "topology/lint/lint.hpp"

/// Findings to bytes; every word of the configuration went through `shown`.
namespace hairpin::f5 {

/// Errors first. Of each rule and severity a few, all of them with `is_verbose`, and with them why each rule is one.
std::string lint_text(const Config& config, const LintFindings& findings, bool is_verbose);
boost::json::value lint_json(const Config& config, const LintFindings& findings);  ///< schema "hairpin.lint/1"
/// The catalogue, one line for each rule.
std::string lint_rules_text();

}  // namespace hairpin::f5

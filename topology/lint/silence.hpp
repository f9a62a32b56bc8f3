// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "topology/lint/lint.hpp"
#include "topology/yaml.hpp"

namespace hairpin::f5 {

/// A rule that is silent about an object, and why.
struct Silence {
  std::string rule;
  std::string object;  ///< full name, "/Common/vs1"; "*": every object
  std::string reason;
  std::size_t line = 0;
};

/// Either silences or at least one problem.
struct SilenceReading {
  std::vector<Silence> silences;
  std::vector<TopologyProblem> problems;
};

/// Reads
///   silence:
///     - { rule: LOOP-001, object: /Common/gtm_vs, reason: "only for GTM" }
/// Unknown keys and rules are problems with a line and what was probably meant.
SilenceReading read_silences(std::string_view text);

/// Gives findings the reason for which they do not count. Returns those silences that silenced nothing.
std::vector<const Silence*> apply(const std::vector<Silence>& silences, LintFindings& findings);

}  // namespace hairpin::f5

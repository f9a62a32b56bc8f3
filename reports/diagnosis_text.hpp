// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "evidence/finding.hpp"
#include "reports/page.hpp"

namespace hairpin::reports {

using Findings = std::vector<const Finding*>;

/// What failed, who answered, why, what mends it: one fault of the network, number `number` in the report.
void write_diagnosis(Page& page, const Run& run, const Diagnosis& diagnosis, std::size_t number);

/// The pairs as a matrix, then each cause with the packets of one pair and a line for every other one.
void write_faults(Page& page, const Run& run, const Findings& findings, const std::string& first_cause);

inline constexpr auto kAllEvidence = std::numeric_limits<std::size_t>::max();

/// One finding: its subject and summary, expected and observed, at most `most_evidence` lines of evidence.
void write_finding(Page& page, std::size_t indent, const Finding& finding, std::size_t most_evidence);

}  // namespace hairpin::reports

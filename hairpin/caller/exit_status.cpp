// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/exit_status.hpp"

#include <algorithm>

namespace hairpin {
namespace {

/// Why nothing was judged, where that can be told from the agents and the captures.
ExitStatus reason_of_nothing(const Observations& observations) {
  const auto is_one = [&](auto... states) {
    return std::any_of(observations.agents.begin(), observations.agents.end(),
                       [&](const AgentFacts& agent) { return ((agent.state == states) || ...); });
  };
  if (is_one(AgentState::unreachable, AgentState::lost, AgentState::refused)) return ExitStatus::unreachable;
  const bool is_one_capture_denied =
      std::any_of(observations.captures.begin(), observations.captures.end(),
                  [](const CaptureFacts& capture) { return capture.lacks_privilege; });
  if (is_one(AgentState::no_privilege) || is_one_capture_denied) return ExitStatus::no_privilege;
  return ExitStatus::inconclusive;
}

}  // namespace

ExitStatus exit_status(const Run& run, const Observations& observations, bool is_strict) {
  const auto has = [&run](Verdict verdict) {
    return std::any_of(run.findings.begin(), run.findings.end(),
                       [verdict](const Finding& finding) { return finding.verdict == verdict; });
  };
  if (has(Verdict::fail) || (is_strict && has(Verdict::warn))) return ExitStatus::failed;
  if (std::none_of(run.findings.begin(), run.findings.end(), is_judgement))
    return reason_of_nothing(observations);
  return has(Verdict::inconclusive) ? ExitStatus::inconclusive : ExitStatus::passed;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "checks/load/sampled.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hairpin::checks {
namespace {

/// What one trip can show. Coverage, idle time, loss and names are a run's.
constexpr std::array<std::string_view, 5> kPathChecks{"reachability", "return-path", "snat", "reset", "member"};

bool is_sampled(const Finding& finding) {
  const bool is_of_tls = finding.check.starts_with("tls-") || finding.check.starts_with("mtls-");
  const bool is_of_path = std::find(kPathChecks.begin(), kPathChecks.end(), finding.check) != kPathChecks.end();
  return finding.attempts > 0 && finding.subject.way != "direct" && (is_of_tls || is_of_path);
}

/// Silence and ends may be the exhausted host's own; an answer from a third address, or by another host, may not.
bool may_be_the_hosts(const Finding& finding) { return finding.check == "reachability" || finding.check == "reset"; }

void settle(Finding& finding, const std::string& limit) {
  finding.summary += " (sampled during the load)";
  if (finding.verdict == Verdict::inconclusive) {
    finding.verdict = Verdict::skip;
    finding.cause.clear();
    finding.reason = "samples of a load do not show it: " + finding.reason;
    finding.next_step = "hairpin run -t FILE judges it with whole captures";
  } else if (finding.verdict == Verdict::fail && !limit.empty() && may_be_the_hosts(finding)) {
    finding.verdict = Verdict::inconclusive;
    finding.cause.clear();
    finding.reason = "the generator was at its limit: " + limit;
    finding.next_step = "repeat with a load that the generator can make";
  }
}

}  // namespace

std::vector<Finding> judge_sampled(const Topology& topology, const Plan& plan, const Observations& observations, const std::string& limit) {
  std::vector<Finding> findings;
  if (observations.probes.empty()) return findings;
  for (auto& finding : judge(topology, plan, observations).findings) {
    if (!is_sampled(finding)) continue;
    settle(finding, limit);
    findings.push_back(std::move(finding));
  }
  return findings;
}

SampledTrips count_sampled(const Observations& observations) {
  SampledTrips sampled;
  for (const auto& probe : observations.probes) {
    ++sampled.attempted;
    if (probe.end != End::answered || !probe.answer) continue;
    ++sampled.answered;
    const auto is_its = [&probe](const MemberShare& share) { return share.member == probe.answer->name; };
    const auto known = std::find_if(sampled.members.begin(), sampled.members.end(), is_its);
    if (known == sampled.members.end())
      sampled.members.push_back({probe.answer->name, 1});
    else
      ++known->completed;
  }
  return sampled;
}

}  // namespace hairpin::checks

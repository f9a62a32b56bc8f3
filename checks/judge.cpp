// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/diagnose.hpp"
#include "checks/roster.hpp"

namespace hairpin::checks {
namespace {

bool matches(const Waiver& waiver, const Finding& finding) {
  const auto fits = [](const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; };
  return waiver.check == finding.check && fits(waiver.source, finding.subject.source) &&
         fits(waiver.member, finding.subject.member) && fits(waiver.host, finding.subject.host);
}

/// An accepted failure is a skip that says by whom and until when; an expired waiver is none.
void apply_waivers(std::vector<Finding>& findings, const Topology& topology, WallTime now) {
  for (auto& finding : findings)
    for (const auto& waiver : topology.waivers) {
      const bool is_judged = finding.verdict == Verdict::fail || finding.verdict == Verdict::warn;
      if (!is_judged || now >= waiver.until + std::chrono::days(1) || !matches(waiver, finding)) continue;
      finding.verdict = Verdict::skip;
      finding.reason = "accepted until " + iso8601(WallTime(waiver.until), 0).substr(0, 10) + ": " + waiver.reason;
      finding.next_step = "mend it before the waiver ends";
    }
}

WallTime time_of(const Observations& observations) {
  WallTime latest{};
  for (const auto& probe : observations.probes) latest = std::max(latest, probe.ended);
  return latest;
}

}  // namespace

Run judge(const Topology& topology, const Plan& plan, const Observations& observations) {
  const auto roster = roster_of(topology);
  const auto flows = sort_into_flows(observations.packets);
  const auto trips = correlate(observations, flows, roster);
  const auto sight = sight_of(topology, observations);
  const Case c{topology, plan, observations, roster, sight, flows, trips};
  Run run;
  run.topology = {topology.name, topology.sha256};
  for (const auto& check : catalogue()) {
    auto findings = check.judge(c);
    std::move(findings.begin(), findings.end(), std::back_inserter(run.findings));
  }
  apply_waivers(run.findings, topology, time_of(observations));
  run.diagnoses = diagnose(topology, run.findings);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
  return run;
}

}  // namespace hairpin::checks

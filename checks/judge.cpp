// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/diagnosis/diagnose.hpp"
#include "checks/diagnosis/hand_over.hpp"
#include "checks/roster.hpp"

namespace hairpin::checks {
namespace {

bool matches(const Waiver& waiver, const Finding& finding) {
  const auto fits = [](const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; };
  return waiver.check == finding.check && fits(waiver.source, finding.subject.source) &&
         fits(waiver.member, finding.subject.member) && fits(waiver.host, finding.subject.host);
}

std::string words_of(const Waiver& waiver) {
  return "accepted until " + iso8601(WallTime(waiver.until), 0).substr(0, 10) + ": " + waiver.reason;
}

/// An accepted failure is a skip that says why and until when; whose waiver is over stays, and says so.
void apply(const std::vector<const Waiver*>& fitting, Finding& finding, WallTime now) {
  const auto holds = [now](const Waiver* waiver) { return now < waiver->until + std::chrono::days(1); };
  const auto valid = std::find_if(fitting.begin(), fitting.end(), holds);
  if (valid == fitting.end()) {
    finding.summary += fmt::format(" ({}; that is over)", words_of(*fitting.back()));
    return;
  }
  finding.verdict = Verdict::skip;
  finding.reason = words_of(**valid);
  finding.next_step = "mend it before the waiver ends";
}

void apply_waivers(std::vector<Finding>& findings, const Topology& topology, WallTime now) {
  for (auto& finding : findings) {
    if (finding.verdict != Verdict::fail && finding.verdict != Verdict::warn) continue;
    std::vector<const Waiver*> fitting;
    for (const auto& waiver : topology.waivers)
      if (matches(waiver, finding)) fitting.push_back(&waiver);
    if (!fitting.empty()) apply(fitting, finding, now);
  }
}

/// What was won on a stand-in says so: the machine that it stands in for may behave otherwise.
void name_stand_ins(std::vector<Finding>& findings, const Topology& topology) {
  for (auto& finding : findings) {
    if (finding.verdict == Verdict::skip || finding.verdict == Verdict::inconclusive) continue;
    for (const auto& host : topology.hosts) {
      const auto& subject = finding.subject;
      const bool is_concerned = host.name == subject.source || host.name == subject.member || host.name == subject.host;
      if (!host.stand_in || !is_concerned) continue;
      finding.evidence.push_back({host.name + "/topology", {}, "", host.name + " stands in for: " + *host.stand_in, {}});
    }
  }
}

WallTime time_of(const Observations& observations) {
  WallTime latest{};
  for (const auto& probe : observations.probes) latest = std::max(latest, probe.ended);
  return latest;
}

}  // namespace

Run judge(const Topology& topology, const Plan& plan, const Observations& observations, const std::vector<PredictedPath>& predicted) {
  const auto roster = roster_of(topology);
  const auto flows = sort_into_flows(observations.packets);
  const auto trips = correlate(observations, flows, roster);
  const auto sight = sight_of(topology, observations);
  const Case c{topology, plan, observations, roster, sight, flows, trips, predicted};
  Run run;
  run.topology = {topology.name, topology.sha256};
  for (const auto& check : catalogue()) {
    auto findings = check.judge(c);
    std::move(findings.begin(), findings.end(), std::back_inserter(run.findings));
  }
  name_stand_ins(run.findings, topology);
  apply_waivers(run.findings, topology, time_of(observations));
  run.diagnoses = diagnose(topology, run.findings);
  add_hand_over(run.diagnoses, c, run.findings);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
  return run;
}

}  // namespace hairpin::checks

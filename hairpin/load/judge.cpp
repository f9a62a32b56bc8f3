// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/judge.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "checks/diagnosis/diagnose.hpp"
#include "checks/diagnosis/remedy.hpp"
#include "checks/load/judge.hpp"
#include "checks/load/limits.hpp"
#include "checks/load/ports.hpp"
#include "checks/load/sampled.hpp"
#include "checks/pairs.hpp"

namespace hairpin {
namespace {

/// What a load that could not be made says.
Finding not_made(const std::string& why) {
  auto finding = checks::finding_for("load", {});
  return checks::unknown(std::move(finding), "no load was made", why, "mend what hinders it; hairpin run tests the path itself");
}

/// With what makes it the same load again.
std::string again(const LoadObservation& load) {
  const auto test = boost::describe::enum_to_string(load.shape.test, "?");
  const auto how_fast = load.shape.arrivals == Arrivals::closed ? " --arrivals closed" : fmt::format(" --rate {:g}", load.shape.rate);
  return fmt::format(" --test {}{}", test, load.shape.test == LoadTest::concurrent ? "" : how_fast);
}

void conclude(Run& run, const Topology& topology, const std::optional<LoadObservation>& load) {
  run.diagnoses = checks::diagnose(topology, run.findings);
  for (auto& diagnosis : run.diagnoses)
    if (load && diagnosis.remedy.verify == checks::kLoadAgain) diagnosis.remedy.verify += again(*load);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
}

}  // namespace

Run judge_load(const Topology& topology, const reports::LoadReportData& data) {
  Run run;
  run.topology = {topology.name, topology.sha256};
  if (data.load) {
    const checks::LoadCase load{topology,    *data.load, data.sources, checks::load_rules(data.is_strict),
                                data.served, data.search.highest_kept, data.search.limit, data.not_repeated};
    run.findings = checks::judge_load(load);
    if (auto exhausted = checks::exhausted_ports(load)) {
      checks::explain_by(*exhausted, run.findings);
      run.findings.insert(run.findings.begin(), std::move(*exhausted));
    }
  } else {
    run.findings.push_back(not_made(data.not_made));
  }
  conclude(run, topology, data.load);
  return run;
}

void judge_samples(Run& run, const Topology& topology, const Plan& plan, const reports::LoadReportData& data,
                   const Observations& observations) {
  if (!data.load) return;
  auto sampled = checks::judge_sampled(topology, plan, observations, checks::limit_of(*data.load));
  for (const auto& finding : run.findings)
    if (finding.cause == checks::kPortsExhausted) checks::explain_by(finding, sampled);
  std::move(sampled.begin(), sampled.end(), std::back_inserter(run.findings));
  conclude(run, topology, data.load);
}

}  // namespace hairpin

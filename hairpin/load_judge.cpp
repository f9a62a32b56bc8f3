// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_judge.hpp"

#include "checks/diagnosis/diagnose.hpp"
#include "checks/load/judge.hpp"
#include "checks/pairs.hpp"

namespace hairpin {
namespace {

/// What a load that could not be made says.
Finding not_made(const std::string& why) {
  auto finding = checks::finding_for("load", {});
  return checks::unknown(std::move(finding), "no load was made", why, "mend what hinders it; hairpin run tests the path itself");
}

}  // namespace

Run judge_load(const Topology& topology, const reports::LoadReportData& data) {
  Run run;
  run.topology = {topology.name, topology.sha256};
  if (data.load) {
    const checks::LoadCase load{topology,    *data.load, data.sources, checks::load_rules(data.is_strict),
                                data.served, data.search.highest_kept, data.search.limit};
    run.findings = checks::judge_load(load);
  } else {
    run.findings.push_back(not_made(data.not_made));
  }
  run.diagnoses = checks::diagnose(topology, run.findings);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
  return run;
}

}  // namespace hairpin

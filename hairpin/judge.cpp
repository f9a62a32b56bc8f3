// SPDX-License-Identifier: Apache-2.0
#include "hairpin/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "checks/check.hpp"
#include "hairpin/exit_status.hpp"
#include "hairpin/print.hpp"
#include "reports/bundle.hpp"
#include "reports/report.hpp"
#include "topology/plan.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {

/// The family that the run was restricted to (-4, -6): the only one of its attempts. A run without that
/// option attempts every family of its plan, also where the host has no route.
std::optional<Family> restriction(const Observations& observations) {
  std::set<Family> families;
  for (const auto& probe : observations.probes) families.insert(probe.target.endpoint.address.family);
  if (families.size() != 1) return {};
  return *families.begin();
}

int refused(const std::string& why) {
  fmt::print(stderr, "hairpin: {}\n", why);
  return number(ExitStatus::usage);
}

}  // namespace

int judge_bundle(const JudgeOptions& options) {
  const auto bundle = reports::read_bundle(options.bundle_directory);
  if (!bundle) return refused(describe(bundle.error()));
  const auto reading = read_topology(bundle->topology_text);
  const auto file = options.bundle_directory + "/topology.yaml";
  for (const auto& problem : reading.problems) fmt::print(stderr, "{}\n", describe(problem, file));
  if (!reading.topology) return refused("could not judge " + options.bundle_directory);
  const auto plan = make_plan(*reading.topology, restriction(bundle->observations));
  auto run = checks::judge(*reading.topology, plan, bundle->observations);
  run.run = bundle->run.run;
  run.topology = bundle->run.topology;
  fmt::print("{}", shown(run, {options.format, options.is_quiet, options.is_verbose}));
  if (options.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, bundle->observations, options.is_strict));
}

}  // namespace hairpin

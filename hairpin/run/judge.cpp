// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/judge.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/complain.hpp"
#include "checks/check.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/print.hpp"
#include "hairpin/load/judge.hpp"
#include "hairpin/run/predicted_file.hpp"
#include "reports/bundle.hpp"
#include "reports/files.hpp"
#include "reports/report.hpp"
#include "topology/plan.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {

int refused(const std::string& why) {
  complain("hairpin: {}\n", why);
  return number(ExitStatus::usage);
}

/// What a load measured; absent: the bundle is that of a run.
Result<std::optional<reports::LoadReportData>> read_load(const std::string& directory) {
  constexpr std::size_t kMost_bytes = 256UL << 20;
  if (!std::filesystem::exists(directory + "/" + reports::kLoadJson)) {
    if (!std::filesystem::exists(directory + "/load.txt")) return std::optional<reports::LoadReportData>();
    return refusal(std::string("judge the load of this bundle: ") + reports::kLoadJson + " is missing", "without it nobody knows what was measured");
  }
  const auto text = reports::read_file(directory, reports::kLoadJson, kMost_bytes);
  if (!text) return text.error();
  auto data = reports::read_load_json(*text);
  if (!data) return data.error();
  return std::optional(std::move(*data));
}

}  // namespace

int judge_bundle(const JudgeOptions& options) {
  const auto bundle = reports::read_bundle(options.bundle_directory);
  if (!bundle) return refused(describe(bundle.error()));
  const auto reading = read_topology(bundle->topology_text);
  const auto file = options.bundle_directory + "/topology.yaml";
  for (const auto& problem : reading.problems) complain("{}\n", describe(problem, file));
  if (!reading.topology) return refused("could not judge " + options.bundle_directory);
  const auto predicted = read_predicted(options.bundle_directory);
  if (!predicted) return refused(describe(predicted.error()));
  const auto load = read_load(options.bundle_directory);
  if (!load) return refused(describe(load.error()));
  const auto plan = make_plan(*reading.topology, bundle->run.run.only_family);
  auto run = *load ? judge_load(*reading.topology, **load) : checks::judge(*reading.topology, plan, bundle->observations, *predicted);
  if (*load) judge_samples(run, *reading.topology, plan, **load, bundle->observations);
  run.run = bundle->run.run;
  run.topology = {reading.topology->name, reading.topology->sha256};
  if (run.topology.sha256 != bundle->run.topology.sha256)
    complain("hairpin: {} is not the one that the run used; judged by it as it is now\n", file);
  fmt::print("{}", shown(run, {options.format, options.is_quiet, options.is_verbose}));
  if (options.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, bundle->observations, options.is_strict));
}

}  // namespace hairpin

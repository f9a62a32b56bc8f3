// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/complain.hpp"
#include "base/histogram.hpp"
#include "base/identifier.hpp"
#include "base/version.hpp"
#include "checks/diagnosis/diagnose.hpp"
#include "checks/pairs.hpp"
#include "hairpin/coordinator.hpp"
#include "hairpin/exit_status.hpp"
#include "hairpin/load_conduct.hpp"
#include "hairpin/print.hpp"
#include "reports/bundle.hpp"
#include "reports/files.hpp"
#include "reports/load_text.hpp"
#include "reports/report.hpp"

namespace hairpin {
namespace {

constexpr std::string_view kRuns = "hairpin-runs";

int refused(const Error& error, ExitStatus status) {
  complain("hairpin: {}\n", describe(error));
  return number(status);
}

std::string method_of(const LoadOptions& options) {
  switch (options.test) {
    case LoadTest::connections:
      return "RFC 9411 §7.6 (§7.2), connections per second";
    case LoadTest::throughput:
      return "RFC 9411 §7.7 (§7.3), throughput";
    case LoadTest::latency:
      return "RFC 9411 §7.8 (§7.4), transaction latency";
    case LoadTest::concurrent:
      return "RFC 9411 §7.9 (§7.5), concurrent connections";
  }
  return {};
}

reports::LoadReportData report_of(const LoadOptions& options, const LoadResults& results) {
  reports::LoadReportData data;
  data.method = method_of(options);
  data.is_quick = options.is_quick;
  for (const auto& trial : results.trials)
    data.trials.push_back({trial.rate, trial.is_kept ? "kept" : trial.why, std::chrono::duration<double, std::milli>(trial.p99).count()});
  data.knee = results.knee;
  if (results.final) {
    data.load = results.final->whole;
    data.sources = results.final->sources;
    data.served = results.final->served;
  }
  if (results.direct) data.direct = results.direct->whole;
  data.deviations = deviations(options, results.shape);
  return data;
}

/// What a load that could not be made says.
Finding not_made(const std::string& why) {
  auto finding = checks::finding_for("load", {});
  return checks::unknown(std::move(finding), "no load was made", why, "mend what hinders it; hairpin run tests the path itself");
}

Run judge(const Topology& topology, const LoadOptions& options, const LoadResults& results) {
  checks::LoadRules rules;
  if (options.is_strict_rule) rules.most_failed = rules.most_resets = 0;
  Run run;
  run.topology = {topology.name, topology.sha256};
  if (results.final) {
    const checks::LoadCase load{topology, results.final->whole, results.final->sources, rules, results.final->served};
    run.findings = checks::judge_load(load);
  } else {
    run.findings.push_back(not_made(results.impossible.empty() ? "it was interrupted" : results.impossible));
  }
  run.diagnoses = checks::diagnose(topology, run.findings);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
  return run;
}

/// The bundle of a run, and beside it what was measured.
Result<std::string> write_all(const Topology& topology, const Run& run, const Collected& collected, const RunOptions& options,
                              const reports::LoadReportData& data) {
  auto directory = options.bundle_directory;
  if (directory.empty()) {
    auto made = reports::make_new_bundle_directory(std::string(kRuns) + "/" + reports::bundle_name(run));
    if (!made) return made.error();
    directory = std::move(*made);
  }
  if (const auto written = reports::write_bundle(directory, run, topology.text, collected.observations); !written)
    return written.error();
  if (const auto written = reports::write_file(directory, "load.json", reports::load_json(data)); !written) return written.error();
  if (const auto written = reports::write_file(directory, "load-seconds.csv", reports::load_seconds_csv(data)); !written)
    return written.error();
  if (const auto written = reports::write_file(directory, "load.txt", reports::load_text(data)); !written) return written.error();
  return directory;
}

int report(const Topology& topology, const LoadOptions& options, const Collected& collected, const LoadResults& results,
           const RunFacts& facts) {
  auto run = judge(topology, options, results);
  run.run = facts;
  const auto data = report_of(options, results);
  const auto bundle = write_all(topology, run, collected, options.run, data);
  const bool is_text = options.run.format == "text";
  if (is_text && !options.run.is_quiet) fmt::print("{}\n", reports::load_text(data));
  fmt::print("{}", shown(run, {options.run.format, options.run.is_quiet, options.run.is_verbose}));
  std::fflush(stdout);
  if (!bundle) return refused(bundle.error(), ExitStatus::internal_error);
  if (!options.run.is_quiet) fmt::print(is_text ? stdout : stderr, "Bundle: {}\n", *bundle);
  if (options.run.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, collected.observations, options.run.is_strict));
}

/// What is sent to whom, at most.
int show_plan(const Topology& topology, const LoadOptions& options) {
  const auto shape = shape_of(options);
  fmt::print("{}: method of {}\n", topology.name, method_of(options));
  if (options.most)
    fmt::print("search up to {:.0f} transactions/s, then the highest rate that kept the rules\n", *options.most);
  else if (options.rate)
    fmt::print("{:.0f} transactions/s\n", *options.rate);
  fmt::print("at most {} connections at once, {} transactions each, objects of {} bytes, {} s\n", shape.connections, shape.transactions,
             shape.object_bytes, std::chrono::duration_cast<std::chrono::seconds>(shape.phases.sustain).count());
  fmt::print("Deviations from RFC 9411:\n");
  for (const auto& deviation : deviations(options, shape)) fmt::print("  {}\n", deviation);
  return number(ExitStatus::passed);
}

}  // namespace

int load_and_report(const Topology& topology, const LoadOptions& options) {
  const auto plan = make_plan(topology, options.run.only_family);
  if (options.run.is_dry_run) return show_plan(topology, options);
  const auto directory = options.run.bundle_directory.empty() ? std::string(kRuns) + "/new" : options.run.bundle_directory;
  if (const auto fit = reports::check_bundle_directory(directory); !fit) return refused(fit.error(), ExitStatus::usage);
  const auto began = std::chrono::steady_clock::now();
  RunFacts facts{new_run_id(), system_clock().wall(), 0, kVersion, options.run.only_family};
  Progress progress(options.run.is_quiet);
  LoadResults results;
  const Work work = [&](Mission& mission) -> net::Task<> {
    LoadConduct conduct(mission, options, results);
    auto conducting = conduct.run();
    co_await std::move(conducting);
  };
  auto collected = collect(topology, plan, options.run, facts.id, progress, work);
  progress.clear();
  if (!collected) return refused(collected.error(), ExitStatus::usage);
  if (collected->signal) {
    complain("hairpin: interrupted; the agents stopped the load\n");
    return 128 + *collected->signal;
  }
  facts.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return report(topology, options, *collected, results, facts);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/load.hpp"

#include <fmt/format.h>

#include "base/complain.hpp"
#include "base/identifier.hpp"
#include "base/version.hpp"
#include "checks/load/figures.hpp"
#include "checks/load/sampled.hpp"
#include "hairpin/caller/outputs.hpp"
#include "hairpin/coordinator/coordinator.hpp"
#include "hairpin/coordinator/readiness.hpp"
#include "hairpin/load/conduct.hpp"
#include "hairpin/load/judge.hpp"
#include "hairpin/load/plan.hpp"
#include "hairpin/load/scope.hpp"
#include "reports/bundle.hpp"
#include "reports/files.hpp"
#include "reports/report.hpp"

namespace hairpin {
namespace {

void put(reports::LoadReportData& data, const MadeLoad& made) {
  data.load = made.whole;
  data.sources = made.sources;
  data.served = made.served;
}

bool is_worse(Verdict verdict, Verdict than) {
  std::vector<Finding> both(2);
  both[0].verdict = verdict;
  both[1].verdict = than;
  return verdict != than && overall(both) == verdict;
}

/// Of several equal loads the one with the worst verdict is the one that counts.
void put_worst(const Topology& topology, reports::LoadReportData& data, const LoadResults& results, std::uint32_t wanted) {
  auto all = results.repeats;
  all.insert(all.begin(), *results.final);
  std::optional<Verdict> worst;
  std::vector<reports::LoadRepeatRow> rows;
  for (const auto& made : all) {
    auto candidate = data;
    put(candidate, made);
    const auto verdict = judge_load(topology, candidate).verdict;
    rows.push_back(reports::repeat_row(made.whole, boost::describe::enum_to_string(verdict, "?")));
    if (worst && !is_worse(verdict, *worst)) continue;
    worst = verdict;
    put(data, made);
  }
  if (rows.size() > 1) data.repeats = std::move(rows);
  if (all.size() < wanted)
    data.not_repeated = fmt::format("{} of {} loads were made: {}", all.size(), wanted, results.impossible.empty() ? "the time was over" : results.impossible);
}

reports::LoadReportData report_of(const Topology& topology, const LoadOptions& options, const LoadResults& results,
                                  const Observations& observations) {
  reports::LoadReportData data;
  data.method = method_of(options);
  data.is_quick = options.is_quick;
  data.is_strict = options.is_strict_rule;
  data.not_made = results.impossible.empty() ? "it was interrupted" : results.impossible;
  for (const auto& trial : results.search.trials) {
    std::optional<double> p99_ms;
    if (trial.p99) p99_ms = std::chrono::duration<double, std::milli>(*trial.p99).count();
    data.trials.push_back({trial.rate, trial.is_kept ? "kept" : trial.why, p99_ms});
  }
  data.search = {results.search.highest_kept, results.search.knee, results.search.knee_unknown, results.search.limit};
  if (results.final) {
    data.not_made.clear();
    put_worst(topology, data, results, options.repeats);
    data.sampled = checks::count_sampled(observations);
  }
  if (results.direct) data.direct = results.direct->whole;
  if (results.final) data.deviations = deviations(options, results.shape);
  return data;
}

/// The bundle of a run, and beside it what was measured.
Result<std::string> write_all(const Topology& topology, const Run& run, const Collected& collected, const RunOptions& options,
                              const reports::LoadReportData& data) {
  auto directory = place_of_bundle(run, options);
  if (!directory) return directory.error();
  const auto write_captures = [&](const std::string& into) { return collected.frames.write_captures(into); };
  if (const auto written = reports::write_bundle(*directory, run, topology.text, collected.observations, write_captures); !written)
    return written.error();
  if (const auto written = reports::write_file(*directory, reports::kLoadJson, reports::load_json(data)); !written) return written.error();
  if (const auto written = reports::write_file(*directory, "load-seconds.csv", reports::load_seconds_csv(data)); !written)
    return written.error();
  if (const auto written = reports::write_file(*directory, "load-members.csv", reports::load_members_csv(data)); !written)
    return written.error();
  if (const auto written = reports::write_file(*directory, "load.txt", reports::load_text(data)); !written) return written.error();
  return directory;
}

/// The perfdata of a run, and what was measured.
void print_with_figures(const Run& run, const LoadObservation& load) {
  auto line = reports::nagios(run);
  line.insert(line.find_last_not_of('\n') + 1, " " + checks::figures_text(checks::figures_of(load), ";;;0"));
  fmt::print("{}", line);
}

int report(const Topology& topology, const Plan& plan, const LoadOptions& options, const Collected& collected, const LoadResults& results,
           const RunFacts& facts) {
  const auto data = report_of(topology, options, results, collected.observations);
  auto run = judge_load(topology, data);
  judge_samples(run, topology, plan, data, collected.observations);
  run.run = facts;
  const auto bundle = write_all(topology, run, collected, options.run, data);
  if (options.run.format == "text" && !options.run.is_quiet) fmt::print("{}\n", reports::load_text(data));
  if (options.run.format == "nagios" && data.load)
    print_with_figures(run, *data.load);
  else
    print_run(run, options.run);
  if (!bundle) return refused(bundle.error(), ExitStatus::internal_error);
  print_place(options.run, *bundle);
  if (const auto written = write_junit(run, options.run.junit_file); !written) return refused(written.error(), ExitStatus::internal_error);
  return status_of(run, collected.observations, options.run);
}

/// `--prepare-only`: the agents, and whether a load could be made.
int show_readiness(const Topology& topology, const Plan& plan, const LoadScope& scope, const Collected& collected, const LoadResults& results) {
  fmt::print("{}", readiness_text(topology, plan, collected));
  fmt::print("load of {}: {}\n", to_string(scope.target.endpoint),
             results.impossible.empty() ? "could be made, if a responder answers through it" : "not possible: " + results.impossible);
  return number(results.impossible.empty() ? readiness_status(collected.observations) : ExitStatus::inconclusive);
}

}  // namespace

int load_and_report(const Topology& topology, const LoadOptions& options) {
  const auto plan = make_plan(topology, options.run.only_family);
  const auto scope = load_scope(topology, plan, options);
  if (!scope) return refused(scope.error(), ExitStatus::usage);
  if (options.run.is_dry_run) {
    fmt::print("{}", load_plan_text(topology, plan, *scope, options));
    return number(ExitStatus::passed);
  }
  if (const auto fit = check_outputs(options.run); !fit) return refused(fit.error(), ExitStatus::usage);
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
  if (collected->signal) complain("hairpin: interrupted; the agents stopped the load\n");
  if (collected->signal && !results.final) return 128 + *collected->signal;
  if (options.run.prepare_only) return show_readiness(topology, plan, *scope, *collected, results);
  facts.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const int status = report(topology, plan, options, *collected, results, facts);
  return collected->signal ? 128 + *collected->signal : status;
}

}  // namespace hairpin

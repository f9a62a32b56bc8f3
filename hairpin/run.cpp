// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/identifier.hpp"
#include "base/version.hpp"
#include "checks/check.hpp"
#include "hairpin/coordinator.hpp"
#include "hairpin/exit_status.hpp"
#include "hairpin/plan_text.hpp"
#include "hairpin/print.hpp"
#include "reports/bundle.hpp"
#include "reports/report.hpp"

namespace hairpin {
namespace {

int refused(const Error& error, ExitStatus status) {
  fmt::print(stderr, "hairpin: {}\n", describe(error));
  return number(status);
}

Result<std::string> write_all(const Topology& topology, const Run& run, const Collected& collected,
                              const RunOptions& options) {
  const auto directory = options.bundle_directory.empty() ? "hairpin-runs/" + reports::bundle_name(run)
                                                          : options.bundle_directory;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{error, "make the bundle's directory " + directory, "name another one with --out"};
  if (auto written = reports::write_bundle(directory, run, topology.text, collected.observations); !written)
    return written.error();
  if (auto written = collected.frames.write_captures(directory); !written) return written.error();
  return directory;
}

Result<> write_junit(const Run& run, const std::string& path) {
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::binary);
  file << reports::junit(run);
  file.close();
  if (!file) return last_system_error("write " + path);
  return {};
}

/// "Bundle: PATH": below the report where a person reads it, on stderr where a program reads stdout.
void print_run(const Run& run, const RunOptions& options, const std::string& bundle) {
  fmt::print("{}", shown(run, {options.format, options.is_quiet, options.is_verbose}));
  const bool is_for_people = options.format == "text" && !options.is_quiet;
  if (is_for_people || !options.is_quiet) fmt::print(is_for_people ? stdout : stderr, "Bundle: {}\n", bundle);
  std::fflush(stdout);
}

int status_of(const Run& run, const Observations& observations, const RunOptions& options) {
  if (options.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, observations, options.is_strict));
}

/// What `--prepare-only` is worth as an exit status: whether a run could judge everything.
int show_readiness(const Collected& collected) {
  fmt::print("{}", readiness_text(collected.observations));
  return number(readiness_status(collected.observations));
}

int judge_and_report(const Topology& topology, const Plan& plan, const RunOptions& options,
                     const Collected& collected, const RunFacts& facts) {
  auto run = checks::judge(topology, plan, collected.observations);
  run.run = facts;
  run.topology = {topology.name, topology.sha256};
  const auto bundle = write_all(topology, run, collected, options);
  if (!bundle) return refused(bundle.error(), ExitStatus::internal_error);
  if (const auto written = write_junit(run, options.junit_file); !written)
    return refused(written.error(), ExitStatus::internal_error);
  print_run(run, options, *bundle);
  return status_of(run, collected.observations, options);
}

}  // namespace

int run_and_report(const Topology& topology, const RunOptions& options) {
  const auto plan = make_plan(topology, options.only_family);
  if (options.is_dry_run) {
    fmt::print("{}", plan_text(plan));
    return number(ExitStatus::passed);
  }
  const auto began = std::chrono::steady_clock::now();
  RunFacts facts{new_run_id(), system_clock().wall(), 0, kVersion};
  Progress progress(options.is_quiet);
  auto collected = collect(topology, plan, options, facts.id, progress);
  progress.clear();
  if (!collected) return refused(collected.error(), ExitStatus::usage);
  if (collected->signal) {
    fmt::print(stderr, "hairpin: interrupted; the agents stopped everything of this run\n");
    return 128 + *collected->signal;
  }
  if (options.prepare_only) return show_readiness(*collected);
  facts.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return judge_and_report(topology, plan, options, *collected, facts);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/run.hpp"

#include <fmt/format.h>

#include "base/complain.hpp"
#include "base/identifier.hpp"
#include "base/version.hpp"
#include "checks/check.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/outputs.hpp"
#include "hairpin/coordinator/balancer_watch.hpp"
#include "hairpin/coordinator/coordinator.hpp"
#include "hairpin/coordinator/credentials.hpp"
#include "hairpin/coordinator/readiness.hpp"
#include "hairpin/run/plan_text.hpp"
#include "hairpin/run/predicted_file.hpp"
#include "reports/bundle.hpp"

namespace hairpin {
namespace {

Result<std::string> write_all(const Topology& topology, const Run& run, const Collected& collected,
                              const RunOptions& options) {
  const auto directory = place_of_bundle(run, options);
  if (!directory) return directory.error();
  const auto write_captures = [&](const std::string& into) -> Result<> {
    if (auto kept = write_predicted(into, options.predicted); !kept) return kept;
    return collected.frames.write_captures(into);
  };
  const auto written = reports::write_bundle(*directory, run, topology.text, collected.observations, write_captures);
  if (!written) return written.error();
  return directory;
}

/// What `--prepare-only` is worth as an exit status: whether a run could judge everything.
int show_readiness(const Topology& topology, const Plan& plan, const Collected& collected) {
  fmt::print("{}", readiness_text(topology, plan, collected));
  return number(readiness_status(collected.observations));
}

int judge_and_report(const Topology& topology, const Plan& plan, const RunOptions& options,
                     const Collected& collected, const RunFacts& facts) {
  auto run = checks::judge(topology, plan, collected.observations, options.predicted);
  run.run = facts;
  run.topology = {topology.name, topology.sha256};
  const auto bundle = write_all(topology, run, collected, options);
  print_run(run, options);  // also where it cannot be kept
  if (!bundle) return refused(bundle.error(), ExitStatus::internal_error);
  print_place(options, *bundle);
  if (const auto written = write_junit(run, options.junit_file); !written)
    return refused(written.error(), ExitStatus::internal_error);
  return status_of(run, collected.observations, options);
}

}  // namespace

int run_and_report(const Topology& topology, const RunOptions& options) {
  auto plan = make_plan(topology, options.only_family);
  if (!options.listens) plan.listeners.clear();
  if (options.only_family && plan.sources.empty())
    return refused(refusal("find anything to test: no VIP of the topology has an address of that family", "leave out -4 or -6"),
                   ExitStatus::usage);
  if (options.is_dry_run) {
    if (const auto readable = RunCredentials::make("plan", topology); !readable) return refused(readable.error(), ExitStatus::usage);
    if (const auto askable = BalancerWatch::make(topology); !askable) return refused(askable.error(), ExitStatus::usage);
    fmt::print("{}", plan_text(topology, plan, options.limit));
    return number(ExitStatus::passed);
  }
  if (const auto writable = check_outputs(options); !writable) return refused(writable.error(), ExitStatus::usage);
  const auto began = std::chrono::steady_clock::now();
  RunFacts facts{new_run_id(), system_clock().wall(), 0, kVersion, options.only_family};
  Progress progress(options.is_quiet);
  for (const auto& host : topology.hosts)
    if (host.tls && !host.agent) complain("hairpin: {}: {}\n", host.name, kUnusedCertificates);
  auto collected = collect(topology, plan, options, facts.id, progress);
  progress.clear();
  if (!collected) return refused(collected.error(), ExitStatus::usage);
  if (collected->signal) {
    complain("hairpin: interrupted; the agents stopped everything of this run\n");
    return 128 + *collected->signal;
  }
  if (options.prepare_only) return show_readiness(topology, plan, *collected);
  facts.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return judge_and_report(topology, plan, options, *collected, facts);
}

}  // namespace hairpin

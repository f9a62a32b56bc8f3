// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "base/complain.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/f5_input.hpp"
#include "hairpin/commands/run_arguments.hpp"
#include "hairpin/run/run.hpp"
#include "topology/predict/of_topology.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Connects to the agent of every host of the topology, tells them to listen, to capture and to probe, and judges
what came back. An agent at ssh:HOST is started for the run by your own ssh (or what the environment variable
HAIRPIN_SSH names), as root or through `sudo -n`, and ends with it. At most 10 new connections a second and one at a
time from every source. Leaves a bundle that `hairpin judge` judges again.

  hairpin run -t pool01.yaml --dry-run
  hairpin run -t pool01.yaml --prepare-only
  hairpin run -t pool01.yaml
  hairpin run -t pool01.yaml --json --out results/pool01
  hairpin run -t pool01.yaml --f5 bigip_base.conf --f5 bigip.conf

A BIG-IP that the topology says how to ask (`state`) is asked, read only, what it sees itself. For iControl REST it takes the
credentials from the file that the topology names, or from HAIRPIN_BIGIP_TOKEN, or from HAIRPIN_BIGIP_USER and
HAIRPIN_BIGIP_PASSWORD.)";

struct Wanted {
  std::string topology_file;
  RunOptions options;
};

/// One load balancer's configuration; `balancer` empty: that of all. False: it cannot be read, which was said.
bool add_predicted(RunOptions& options, const Topology& topology, const std::vector<std::string>& files, const std::string& balancer) {
  const auto config = read_f5_config(files);
  if (!config) return false;
  complain_without_self_ips(*config);
  bool has_any = false;
  for (auto& path : f5::predicted_paths(*config, topology)) {
    const auto* pool = topology.pool(path.pool);
    if (!balancer.empty() && pool && pool->load_balancer != balancer) continue;
    has_any |= path.verdict != kNotConfigured;
    options.predicted.push_back(std::move(path));
  }
  if (!has_any)
    complain("hairpin: the configuration{} has none of the topology's virtual servers; the check `config` stays inconclusive\n",
             balancer.empty() ? "" : " of " + balancer);
  return true;
}

bool predict(RunOptions& options, const Topology& topology) {
  if (!options.f5_files.empty()) return add_predicted(options, topology, options.f5_files, {});
  for (const auto& host : topology.hosts)
    if (!host.f5_config.empty() && !add_predicted(options, topology, host.f5_config, host.name)) return false;
  return true;
}

int run(Wanted& wanted) {
  check_run_options(wanted.options);
  const auto topology = load_topology(wanted.topology_file);
  if (!topology || !predict(wanted.options, *topology)) return number(ExitStatus::usage);
  return run_and_report(*topology, wanted.options);
}

}  // namespace

void add_run_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("run", "Test a topology: probe, capture, judge, report");
  command->add_option("-t,--topology", wanted->topology_file, "The topology, YAML")
      ->type_name("FILE")
      ->required();
  command->add_option("--f5", wanted->options.f5_files, "The BIG-IP's configuration, instead of what the topology names (f5: config): what it says is held against what is seen")
      ->type_name("FILE")
      ->allow_extra_args(false);
  add_run_options(*command, wanted->options);
  command->footer(kFooter);
  command->callback([wanted, &status] { status = run(*wanted); });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/load.hpp"
#include "hairpin/commands/run_arguments.hpp"
#include "hairpin/load/load.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Loads the VIP of one virtual server from its sources at once, after RFC 9411, and says what it carries, how fast, and
whether every answer is whole. Every source begins at the same instant; latency counts from the moment when a transaction was
due, so that a stall is seen by everything that it delayed. Only targets of the topology whose members all have an
agent that is ready, and after a responder of ours answered through them; each host keeps its own ceiling (hairpin agent
--load-ceiling: by default 2,000 connections, 500 new ones, 5,000 transactions and 100 Mbit a second, 900 s). Ctrl-C, or an agent that ends, stops
everything within 2 s; what was measured until then is reported, and inconclusive.

  hairpin load -t pool01.yaml --rate 100 --quick
  hairpin load -t pool01.yaml --test throughput --search 400 --object 65536
  hairpin load -t pool01.yaml --rate 100 --object 64:3,1024 --repeat 3
  hairpin load -t pool01.yaml --test latency --search 500
  hairpin load -t pool01.yaml --test concurrent --connections 1000
  hairpin load -t pool01.yaml --rate 100 --source-addresses all --source-ports 20000-29999

Tests: connections (§7.6), throughput (§7.7), latency (§7.8), concurrent (§7.9).)";

struct Wanted {
  std::string topology_file;
  LoadArguments arguments;
};

const std::map<std::string, LoadTest> kTests{{"connections", LoadTest::connections},
                                             {"throughput", LoadTest::throughput},
                                             {"latency", LoadTest::latency},
                                             {"concurrent", LoadTest::concurrent}};

void add_shape_options(CLI::App& command, LoadArguments& wanted) {
  const std::string group = "Load";
  auto& options = wanted.options;
  command.add_option("--test", wanted.test, "connections, throughput, latency or concurrent")
      ->check(CLI::IsMember({"connections", "throughput", "latency", "concurrent"}))
      ->capture_default_str()
      ->group(group);
  auto* rate = command.add_option("--rate", options.rate, "Transactions a second, of all sources together")
                   ->check(CLI::Range(0.01, 1e7))
                   ->group(group);
  command.add_option("--search", options.most, "Find the highest rate that keeps the rules, up to this one")
      ->check(CLI::Range(1.0, 1e7))
      ->excludes(rate)
      ->group(group);
  command.add_option("--arrivals", options.arrivals, "constant, poisson, or closed: as fast as answers come [constant]")
      ->check(CLI::IsMember({"constant", "poisson", "closed"}))
      ->group(group);
  command.add_option("--connections", options.connections, "Open at once at most, of all sources together")
      ->check(CLI::Range(1, 1'000'000))
      ->group(group);
  command.add_option("--transactions", options.transactions, "Of one connection; 0: as many as the server lets")->group(group);
  command.add_option("--object", wanted.objects, "Size of the objects, bytes; several are mixed, with weights: 64,1024:3")
      ->type_name("BYTES[:WEIGHT],...")
      ->group(group);
  command
      .add_option_function<std::int64_t>(
          "--think", [&options](const std::int64_t& value) { options.think = milliseconds(value); },
          "Pause of a connection between transactions")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(0, 3'600'000))
      ->group(group);
  command
      .add_option_function<std::int64_t>(
          "--timeout", [&options](const std::int64_t& value) { options.limit = milliseconds(value); },
          "Limit of a transaction, from when it was due [10000]")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(10, 60'000))
      ->group(group);
  command.add_option("--seconds", options.seconds, "Length of the sustain phase [300; 30 with --quick]")
      ->check(CLI::Range(1, 3'600))
      ->group(group);
  command.add_option("--repeat", options.repeats, "Make the load that counts so often; the worst counts, and the spread is said")
      ->check(CLI::Range(1, 100))
      ->capture_default_str()
      ->group(group);
  command.add_flag("--quick", options.is_quick, "Shorter phases than RFC 9411 has; the report says so")->group(group);
  command.add_flag("--resume", options.resumes, "Resume TLS sessions")->group(group);
  command.add_option("--threads", options.threads, "Of each source")->check(CLI::Range(1, 64))->capture_default_str()->group(group);
}

void add_scope_options(CLI::App& command, LoadArguments& wanted) {
  const std::string group = "Load";
  auto& options = wanted.options;
  command.add_option("--virtual-server", options.virtual_server, "Of the topology, or POOL/NAME [the first]")->type_name("NAME")->group(group);
  command.add_option("--from", options.from, "Sources [those that are no members; else all]")->type_name("HOST")->group(group);
  command
      .add_option("--source-addresses", wanted.source_addresses,
                  "Its own addresses that a source's connections come from in turn; all: those that the topology declares [as its kernel chooses]")
      ->type_name("all|ADDRESS,...")
      ->delimiter(',')
      ->group(group);
  command.add_option("--source-ports", wanted.source_ports, "Ports of each of its addresses that they come from in turn [as its kernel chooses]")
      ->type_name("FIRST-LAST")
      ->group(group);
  command.add_flag("!--no-direct", options.has_direct, "Leave out the reference directly to a member")->group(group);
  command.add_flag("--no-failure", options.is_strict_rule, "Nothing may fail, instead of 0.001 %")->group(group);
  command.add_flag("--isolated", options.is_isolated, "Nothing else uses the path: said in the report")->group(group);
}

int load(Wanted& wanted) {
  check_load_arguments(wanted.arguments);
  const auto topology = load_topology(wanted.topology_file);
  if (!topology) return number(ExitStatus::usage);
  return load_and_report(*topology, wanted.arguments.options);
}

}  // namespace

void check_load_arguments(LoadArguments& wanted) {
  check_run_options(wanted.options.run);
  auto& options = wanted.options;
  options.test = kTests.at(wanted.test);
  options.run.is_for_load = true;
  options.run.resumes_sessions = options.resumes;
  if (!wanted.objects.empty()) {
    auto objects = parse_objects(wanted.objects);
    if (!objects) throw CLI::ValidationError("--object", describe(objects.error()));
    options.objects = std::move(*objects);
  }
  if (!wanted.source_ports.empty()) {
    const auto ports = parse_source_ports(wanted.source_ports);
    if (!ports) throw CLI::ValidationError("--source-ports", describe(ports.error()));
    options.source_ports = *ports;
  }
  auto addresses = parse_source_addresses(wanted.source_addresses);
  if (!addresses) throw CLI::ValidationError("--source-addresses", describe(addresses.error()));
  options.source_addresses = std::move(*addresses);
  if (const auto misfit = misfit_of(options)) throw CLI::ValidationError(misfit->option, misfit->why);
}

void add_load_arguments(CLI::App& command, LoadArguments& wanted) {
  add_shape_options(command, wanted);
  add_scope_options(command, wanted);
  wanted.options.run.limit = std::chrono::hours(24);  // unless --limit is given the phases are the limit
  add_run_options(command, wanted.options.run);
  command.get_option("--limit")->description("End the load after so long; then it is inconclusive [as long as its phases]");
}

void add_load_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("load", "What the path through the VIP carries: load, measure, judge, report");
  command->add_option("-t,--topology", wanted->topology_file, "The topology, YAML")->type_name("FILE")->required();
  add_load_arguments(*command, wanted->arguments);
  command->footer(kFooter);
  command->callback([wanted, &status] { status = load(*wanted); });
}

}  // namespace hairpin

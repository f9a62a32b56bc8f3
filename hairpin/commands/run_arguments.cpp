// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/run_arguments.hpp"

#include <CLI/CLI.hpp>

#include "hairpin/ssh/command.hpp"

namespace hairpin {
namespace {

constexpr const char* kOutput = "Output";

void add_format_options(CLI::App& command, RunOptions& options) {
  command.add_option("-f,--format", options.format, "What goes to stdout: text, json, junit or nagios")
      ->check(CLI::IsMember({"text", "json", "junit", "nagios"}))
      ->capture_default_str()
      ->group(kOutput);
  command.add_flag("--json", options.wants_json, "The same as --format json")->group(kOutput);
  auto* quiet = command.add_flag("-q,--quiet", options.is_quiet, "No progress, the last line only")->group(kOutput);
  command.add_flag("-v,--verbose", options.is_verbose, "Every finding with its evidence")->excludes(quiet)->group(kOutput);
  command.add_flag("--strict", options.is_strict, "A warning counts as a failure")->group(kOutput);
}

void add_file_options(CLI::App& command, RunOptions& options) {
  command.add_option("--junit", options.junit_file, "Write JUnit XML to this file as well")->type_name("FILE")->group(kOutput);
  command
      .add_option("-o,--out", options.bundle_directory,
                  "Directory of the bundle [hairpin-runs/NAME-TIME-VERDICT]")
      ->type_name("DIR")
      ->group(kOutput);
}

void add_family_options(CLI::App& command, RunOptions& options, const std::string& group) {
  auto* only4 = command.add_flag_callback(
      "-4", [&options] { options.only_family = Family::ipv4; }, "Only IPv4");
  auto* only6 = command.add_flag_callback(
      "-6", [&options] { options.only_family = Family::ipv6; }, "Only IPv6");
  only4->excludes(only6)->group(group);
  only6->group(group);
}

void add_probing_options(CLI::App& command, RunOptions& options) {
  const std::string group = "Probing";
  add_family_options(command, options, group);
  command
      .add_flag("--dry-run", options.is_dry_run,
                "Print the plan, the firewall rules that it needs and its worst-case time; send nothing")
      ->group(group);
  command
      .add_flag("--prepare-only", options.prepare_only,
                "Stop when every agent is ready, or say which are not and what mends it")
      ->group(group);
  command.add_option("--seed", options.seed, "Seed of hairpin's own choices: order and pauses")
      ->capture_default_str()
      ->group(group);
  command
      .add_option_function<std::int64_t>(
          "--limit", [&options](const std::int64_t& value) { options.limit = std::chrono::seconds(value); },
          "Probe no longer than this; what is open then is inconclusive [300]")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400))
      ->group(group);
  command
      .add_option_function<std::int64_t>(
          "--member-wait",
          [&options](const std::int64_t& value) { options.member_wait = milliseconds(value); },
          "Wait so long for a balancer that has not marked its members up yet [6000]")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(0, 600'000))
      ->group(group);
}

void add_agent_options(CLI::App& command, RunOptions& options) {
  const std::string group = "Agents";
  command
      .add_option("--pki", options.pki_directory,
                  "Directory with ca.crt, operator.crt and operator.key, for agents at ADDR:PORT")
      ->type_name("DIR")
      ->group(group);
  command
      .add_option("--remote-hairpin", options.remote_hairpin,
                  "hairpin on hosts whose agent is ssh:HOST: a path there, or a name in PATH")
      ->type_name("PATH")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_run_options(CLI::App& command, RunOptions& options) {
  add_local_options(command, options);
  add_agent_options(command, options);
}

void add_local_options(CLI::App& command, RunOptions& options) {
  add_format_options(command, options);
  add_file_options(command, options);
  add_probing_options(command, options);
}

void add_judged_options(CLI::App& command, RunOptions& options) {
  add_format_options(command, options);
  add_family_options(command, options, "OPTIONS");
}

void check_run_options(RunOptions& options) {
  if (!is_remote_program(options.remote_hairpin))
    throw CLI::ValidationError("--remote-hairpin", "takes letters, digits and /._+-");
  if (!options.wants_json) return;
  if (options.is_dry_run || options.prepare_only)
    throw CLI::ValidationError("--json", "is for results: a plan and a table of what is ready are text only");
  if (options.format != "text" && options.format != "json")
    throw CLI::ValidationError("--json", "excludes --format " + options.format);
  options.format = "json";
}

}  // namespace hairpin

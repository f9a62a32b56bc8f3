// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "hairpin/commands/command.hpp"
#include "hairpin/run/judge.hpp"

namespace hairpin {
namespace {
constexpr const char* kFooter =
    R"(Judges the stored observations against the topology that lies beside them; of a load what was measured. Sends nothing, needs no agent and no
privilege. The findings are those of the run; a newer hairpin may know more.)";
}  // namespace

void add_judge_command(CLI::App& program, int& status) {
  const auto options = std::make_shared<JudgeOptions>();
  auto* command = program.add_subcommand("judge", "Judge the bundle of an earlier run again");
  command->add_option("BUNDLE", options->bundle_directory, "Directory that a run left")->required();
  command->add_option("-f,--format", options->format, "What goes to stdout: text, json, junit or nagios")
      ->check(CLI::IsMember({"text", "json", "junit", "nagios"}))
      ->capture_default_str();
  command->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "The same as --format json");
  auto* quiet = command->add_flag("-q,--quiet", options->is_quiet, "The last line only");
  command->add_flag("-v,--verbose", options->is_verbose, "Every finding with its evidence")->excludes(quiet);
  command->add_flag("--strict", options->is_strict, "A warning counts as a failure");
  command->footer(kFooter);
  command->callback([options, &status] { status = judge_bundle(*options); });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "base/version.hpp"
#include "hairpin/command.hpp"
#include "hairpin/exit_status.hpp"

namespace hairpin {
namespace {

constexpr auto kCommands =
    std::to_array<AddCommand>({add_run_command, add_judge_command, add_lab_command, add_agent_command,
                               add_explain_command, add_checks_command, add_pki_command});

constexpr const char* kFooter = R"(Exit status:
  0 passed (warnings too, unless --strict)    1 something failed
  2 usage, or a bad topology file             3 inconclusive, or nothing was judged
  4 nothing judged: agents unreachable        5 nothing judged: no privilege
  70 internal error                           130, 143 interrupted

Results go to stdout, progress and errors to stderr. No name is looked up in DNS. Colour is used on
terminals only, and never when NO_COLOR is set.)";

/// Help and version are no errors; everything else that the parser throws is wrong usage.
int parse(CLI::App& program, int argc, char** argv) {
  try {
    program.parse(argc, argv);
    return number(ExitStatus::passed);
  } catch (const CLI::ParseError& error) {
    const bool is_usage_error = program.exit(error) != 0;
    return number(is_usage_error ? ExitStatus::usage : ExitStatus::passed);
  }
}

}  // namespace

std::span<const AddCommand> commands() { return kCommands; }

int run_program(int argc, char** argv) {
  try {
    CLI::App program(
        "Does every connection come back the way it went out? Tests a load balancer's paths with "
        "real TLS traffic, seen from both ends.",
        "hairpin");
    program.set_version_flag("--version", std::string(kVersion), "Print the version and exit");
    program.set_help_all_flag("--help-all", "Print the help of every command and exit");
    program.require_subcommand(1);
    program.footer(kFooter);
    int status = number(ExitStatus::passed);
    for (const auto add : commands()) add(program, status);
    const int parsed = parse(program, argc, argv);
    return parsed != 0 ? parsed : status;
  } catch (const std::exception& bug) {
    fmt::print(stderr, "hairpin: internal error: {}; please report it with the command that you ran\n",
               bug.what());
    return number(ExitStatus::internal_error);
  }
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace CLI {
class App;
}

/// How a sub-command is made, NAME for instance:
///
/// 1. `hairpin/commands/NAME.cpp` defines `void add_NAME_command(CLI::App& program, int& status)`. It adds its
///    sub-command with `program.add_subcommand(…)`, its options into a struct that a `std::shared_ptr` keeps,
///    and a `callback` that does the work and stores the exit status (hairpin/caller/exit_status.hpp) in `status`.
///    Both references outlive the parse. A command with sub-commands of its own (`pki`, `lab`) adds them the
///    same way.
/// 2. One declaration below, one line in `hairpin/commands/commands.cpp`, one in `hairpin/commands/CMakeLists.txt`.
///
/// Wrong usage that the parser cannot see is `throw CLI::ValidationError(option, what)`: exit status 2. Any
/// other exception is a bug: exit status 70. Results go to stdout, progress and errors to stderr. Commands
/// are thin: what they do lives in folders of its own without CLI11 (`run` has hairpin/run/run.hpp, `agent` has
/// hairpin/agent/agent.hpp), and what `run` and `lab run` share is hairpin/commands/run_arguments.hpp.
namespace hairpin {

using AddCommand = void (*)(CLI::App& program, int& status);

void add_agent_command(CLI::App& program, int& status);
void add_check_command(CLI::App& program, int& status);
void add_checks_command(CLI::App& program, int& status);
void add_config_command(CLI::App& program, int& status);
void add_explain_command(CLI::App& program, int& status);
void add_import_command(CLI::App& program, int& status);
void add_init_command(CLI::App& program, int& status);
void add_judge_command(CLI::App& program, int& status);
void add_lab_command(CLI::App& program, int& status);
void add_lint_command(CLI::App& program, int& status);
void add_load_command(CLI::App& program, int& status);
void add_pki_command(CLI::App& program, int& status);
void add_predict_command(CLI::App& program, int& status);
void add_run_command(CLI::App& program, int& status);
void add_tls_command(CLI::App& program, int& status);

/// Every sub-command, in the order of `hairpin --help`.
std::span<const AddCommand> commands();

/// Parses the command line, runs the sub-command and returns the exit status of the process.
int run_program(int argc, char** argv);

}  // namespace hairpin

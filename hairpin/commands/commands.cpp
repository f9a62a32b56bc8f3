// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include "base/complain.hpp"
#include "base/spelling.hpp"
#include "base/version.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"

namespace hairpin {
namespace {

constexpr auto kCommands =
    std::to_array<AddCommand>({add_check_command, add_tls_command, add_run_command, add_load_command, add_judge_command, add_init_command, add_import_command,
                               add_predict_command, add_lint_command, add_config_command, add_lab_command,
                               add_agent_command, add_explain_command, add_checks_command, add_pki_command});

constexpr const char* kFooter = R"(Exit status:
  0 passed (warnings too, unless --strict)    1 something failed
  2 usage, or a bad topology file             3 inconclusive, or nothing was judged
  4 nothing judged: agents unreachable        5 nothing judged: no privilege
  70 internal error, or no place for output   129, 130, 143 interrupted

Results go to stdout, progress and errors to stderr. No address in a result is looked up in DNS. Colour is used on
terminals only, and never when NO_COLOR is set or TERM is dumb.)";

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

/// The parser would only say that it wants a command.
std::string complaint_of(const CLI::App& program, const std::string& written) {
  if (written.starts_with('-')) return {};
  std::vector<std::string_view> known;
  for (const auto* command : program.get_subcommands({})) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), written) != known.end()) return {};
  auto mend = did_you_mean(written, known);
  if (mend.empty()) mend = "hairpin --help lists them";
  return fmt::format("hairpin: there is no command \"{}\"; {}\n", written, mend);
}

/// A descriptor that the caller closed would be given to the next file or socket, which messages would then go into.
void hold_standard_descriptors() {
  for (const int fd : {0, 1, 2})  // the lowest that is free is the next that open gives
    if (::fcntl(fd, F_GETFD) < 0) static_cast<void>(::open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY));
}

/// What was printed may still be in a buffer, and have nowhere to go.
int after_output(int status) {
  errno = 0;  // an earlier write may have failed, for a reason that nobody kept
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  complain("hairpin: could not write to standard output{}\n", errno == 0 ? "" : std::string(": ") + std::strerror(errno));
  return number(ExitStatus::internal_error);
}

}  // namespace

std::span<const AddCommand> commands() { return kCommands; }

int run_program(int argc, char** argv) {
  hold_standard_descriptors();
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
    const auto complaint = argc > 1 ? complaint_of(program, argv[1]) : std::string();
    complain("{}", complaint);
    const int parsed = complaint.empty() ? parse(program, argc, argv) : number(ExitStatus::usage);
    return after_output(parsed != 0 ? parsed : status);
  } catch (const std::system_error& error) {  // fmt, of a stream that takes no more
    complain("hairpin: {}\n", error.what());
    return number(ExitStatus::internal_error);
  } catch (const std::exception& bug) {
    complain("hairpin: internal error: {}; please report it with the command that you ran\n",
               bug.what());
    return number(ExitStatus::internal_error);
  }
}

}  // namespace hairpin

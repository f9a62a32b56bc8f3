// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/complain.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/f5_input.hpp"
#include "topology/import/import.hpp"
#include "topology/predict/report.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Prints a topology file (docs/topology.md) with hosts, networks, pools and what the configuration promises; each line says which
object and which line it comes from. What no BIG-IP configuration knows - clients, agents, the members' gateways - is
marked <fill in: ...>: `hairpin run` refuses the file until that is done.

Exit status: 0 printed, 2 unreadable, 3 nothing in it that hairpin tests.

  hairpin import f5 bigip_base.conf bigip.conf > pool01.yaml)";

int import(const F5Options& options) {
  const auto config = read_f5_config(options.files);
  if (!config) return number(ExitStatus::usage);
  const auto imported = f5::import_topology(*config);
  fmt::print("{}", imported.topology);
  complain("{}", f5::remarks_text(*config, false));
  complain("hairpin: {} virtual servers, {} left out (the reasons are at the end); {} places to fill in\n", imported.virtual_servers, imported.left_out,
           imported.placeholders);
  return number(imported.virtual_servers == 0 ? ExitStatus::inconclusive : ExitStatus::passed);
}

}  // namespace

void add_import_command(CLI::App& program, int& status) {
  const auto options = std::make_shared<F5Options>();
  auto* command = program.add_subcommand("import", "A topology file from somebody else's configuration");
  command->require_subcommand(1);
  auto* f5 = command->add_subcommand("f5", "From a BIG-IP's configuration");
  add_f5_files(*f5, *options);
  f5->footer(kFooter);
  f5->callback([options, &status] { status = import(*options); });
}

}  // namespace hairpin

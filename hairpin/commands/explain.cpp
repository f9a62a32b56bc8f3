// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/complain.hpp"
#include "base/text.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/catalogue_text.hpp"
#include "hairpin/commands/command.hpp"

namespace hairpin {
namespace {

int explain(const std::string& id) {
  if (const auto text = explanation(id)) {
    fmt::print("{}", *text);
    return number(ExitStatus::passed);
  }
  const auto near = nearest_id(id);
  const auto mend =
      near.empty() ? std::string("hairpin checks lists all") : fmt::format("did you mean \"{}\"?", near);
  complain("hairpin: no check and no cause is called \"{}\"; {}\n", printable(id), mend);
  return number(ExitStatus::usage);
}

}  // namespace

void add_explain_command(CLI::App& program, int& status) {
  const auto id = std::make_shared<std::string>();
  auto* command = program.add_subcommand("explain", "What a check or a cause means, and what mends it");
  command->add_option("ID", *id, "A check or a cause, as a finding names it")->required();
  command->callback([id, &status] { status = explain(*id); });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/complain.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/catalogue_text.hpp"
#include "hairpin/commands/command.hpp"

namespace hairpin {
namespace {

struct Wanted {
  bool is_json = false;
  std::string pages_directory;
};

int list(const Wanted& wanted) {
  if (wanted.pages_directory.empty()) {
    fmt::print("{}", wanted.is_json ? catalogue_json() : catalogue_text());
    return number(ExitStatus::passed);
  }
  const auto written = write_pages(wanted.pages_directory);
  if (written) return number(ExitStatus::passed);
  complain("hairpin: {}\n", describe(written.error()));
  return number(ExitStatus::usage);
}

}  // namespace

void add_checks_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("checks", "List every check and every cause");
  command->add_flag("--json", wanted->is_json, "As JSON");
  command->add_option("--markdown", wanted->pages_directory, "Write a page per check")
      ->group("");  // for scripts/docs
  command->callback([wanted, &status] { status = list(*wanted); });
}

}  // namespace hairpin

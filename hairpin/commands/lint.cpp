// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>

#include "base/complain.hpp"
#include "base/text.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/f5_input.hpp"
#include "topology/lint/report.hpp"
#include "topology/lint/silence.hpp"
#include "topology/predict/report.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Faults that the configuration shows by itself, each with its line and the command that mends it. With --source the rules about
clients know who they are; with a topology also what virtual servers are for (protocol, expect.tls, expect.idle).

Exit status: 0 no errors (E), 1 errors, 2 unreadable.

  hairpin lint bigip_base.conf bigip.conf --source 10.137.1.0/24
  hairpin lint pool01.ucs -t pool01.yaml --silence lint.yaml

A file of silences:
  silence:
    - { rule: LOOP-001, object: /Common/gtm_vs, reason: "no traffic, only for GTM" })";

struct Wanted {
  F5Options options;
  std::string silence_file;
};

/// The silences of the file; nothing, and said why on stderr, where it is no such file.
std::optional<std::vector<f5::Silence>> silences_of(const std::string& path) {
  if (path.empty()) return std::vector<f5::Silence>();
  const auto text = read_file(path);
  if (!text) {
    complain("hairpin: {}\n", describe(text.error()));
    return {};
  }
  auto reading = f5::read_silences(*text);
  for (const auto& problem : reading.problems) complain("{}\n", describe(problem, path));
  if (!reading.problems.empty()) return {};
  return std::move(reading.silences);
}

int lint(const Wanted& wanted) {
  const auto silences = silences_of(wanted.silence_file);
  const auto input = silences ? read_f5_input(wanted.options) : std::nullopt;
  if (!input) return number(ExitStatus::usage);
  const auto intent = input->topology ? f5::Intent(*input->topology) : f5::Intent();
  auto findings = f5::lint(input->config, input->known, intent);
  for (const auto* idle : f5::apply(*silences, findings))
    complain("{}:{}: nothing to silence: {} finds nothing about {}\n", wanted.silence_file, idle->line, idle->rule, printable(idle->object));
  if (wanted.options.wants_json)
    fmt::print("{}\n", boost::json::serialize(f5::lint_json(input->config, findings)));
  else
    fmt::print("{}{}", f5::lint_text(input->config, findings, wanted.options.is_verbose), f5::remarks_text(input->config, wanted.options.is_verbose));
  const bool has_error = std::any_of(findings.begin(), findings.end(), [](const f5::LintFinding& finding) {
    return finding.severity == f5::Severity::error && finding.silenced.empty();
  });
  return number(has_error ? ExitStatus::failed : ExitStatus::passed);
}

}  // namespace

void add_lint_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("lint", "Faults in an F5 configuration, and the commands that mend them");
  add_f5_options(*command, wanted->options);
  command->add_option("--silence", wanted->silence_file, "Findings that do not count, each with a reason")->type_name("FILE");
  command->add_flag_callback(
      "--rules",
      [] {
        fmt::print("{}", f5::lint_rules_text());
        throw CLI::Success();
      },
      "List every rule, and exit");
  command->footer(kFooter);
  command->callback([wanted, &status] { status = lint(*wanted); });
}

}  // namespace hairpin

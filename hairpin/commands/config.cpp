// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>

#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/f5_input.hpp"
#include "topology/predict/difference.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(What the second configuration changes for connections, by `hairpin predict` of both: which source by way of which virtual server to
which member becomes asymmetric, and which source address members see. Not a difference of texts. Each of A and B is a file
(SCF, UCS, …) or a folder with bigip.conf and bigip_base.conf.

Exit status: 0 no path gets worse, 1 a path becomes asymmetric, is new and asymmetric, or is lost (a virtual server that is gone, switched
off or narrower; not a member that others replace, not another name), 3 a path becomes uncertain, also by an iRule or policy of another text
that decides it, 2 unreadable.

  hairpin config diff before/ after/ --source 10.137.1.0/24)";

struct Wanted {
  F5Options options;
  std::string before, after;
};

ExitStatus status_of(const f5::Difference& difference) {
  const auto has = [&](f5::Effect effect) {
    return std::any_of(difference.changes.begin(), difference.changes.end(), [&](const auto& change) { return f5::effect_of(change) == effect; });
  };
  if (has(f5::Effect::becomes_asymmetric) || has(f5::Effect::is_new_and_asymmetric) || has(f5::Effect::is_lost)) return ExitStatus::failed;
  return has(f5::Effect::becomes_uncertain) ? ExitStatus::inconclusive : ExitStatus::passed;
}

int diff(Wanted& wanted) {
  wanted.options.files = {wanted.before};
  const auto after = read_f5_config({wanted.after});
  const auto before = after ? read_f5_input(wanted.options, &*after) : std::nullopt;
  if (!before) return number(ExitStatus::usage);
  const auto earlier = f5::predict(before->config, before->known);
  const auto later = f5::predict(*after, before->known);
  const auto difference = f5::difference(earlier, later);
  if (wanted.options.wants_json)
    fmt::print("{}\n", boost::json::serialize(f5::difference_json(before->config, *after, difference)));
  else
    fmt::print("{}", f5::difference_text(before->config, *after, difference, wanted.options.is_verbose));
  return number(status_of(difference));
}

}  // namespace

void add_config_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* config = program.add_subcommand("config", "Two F5 configurations held against each other");
  config->require_subcommand(1);
  auto* command = config->add_subcommand("diff", "What the second one changes for connections");
  command->add_option("A", wanted->before, "The configuration before: a file, or a folder of files")->required();
  command->add_option("B", wanted->after, "The configuration after")->required();
  add_f5_sources(*command, wanted->options);
  add_f5_output_options(*command, wanted->options);
  command->footer(kFooter);
  command->callback([wanted, &status] { status = diff(*wanted); });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>

#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/f5_input.hpp"
#include "topology/predict/report.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Where every connection and its reply will go, by the configuration alone: which source address the member sees, and
whether its reply comes back through the load balancer. The members of each pool are always sources; the configuration does
not know who else is: name clients with --source or a topology. Every step of the argument cites its object and line (-v).

  symmetric           replies come back the way the connections went
  asymmetric-certain  the member answers past the load balancer
  asymmetric-likely   … unless a router that the configuration does not know sends the reply back
  dsr-by-design       members answer the source themselves (nPath)
  needs-probe         it depends on what no BIG-IP configuration says: `hairpin run` finds it out
  unknown             an iRule, a policy, a name or a missing file decides

Exit status: 0 all symmetric or by design, 1 an asymmetry is certain, 3 something is likely, open or unknown, also a virtual server
without a prediction that may have paths (its pool is an iRule's, its addresses are in traffic-matching-criteria), 2 unreadable.

  hairpin predict bigip_base.conf bigip.conf --source 10.137.1.0/24
  hairpin predict /config -t pool01.yaml -v)";

ExitStatus status_of(const f5::Predictions& predictions) {
  const auto has = [&](auto... verdicts) {
    return std::any_of(predictions.paths.begin(), predictions.paths.end(),
                       [&](const f5::Prediction& path) { return ((path.verdict == verdicts) || ...); });
  };
  using enum f5::PathVerdict;
  if (has(asymmetric_certain)) return ExitStatus::failed;
  const bool is_open = std::any_of(predictions.left_out.begin(), predictions.left_out.end(),
                                   [](const f5::LeftOut& each) { return each.standing == f5::Standing::not_known; });
  if (predictions.paths.empty() || is_open || has(asymmetric_likely, needs_probe, unknown)) return ExitStatus::inconclusive;
  return ExitStatus::passed;
}

int predict(const F5Options& options) {
  const auto input = read_f5_input(options);
  if (!input) return number(ExitStatus::usage);
  const auto predictions = f5::predict(input->config, input->known);
  if (options.wants_json) {
    fmt::print("{}\n", boost::json::serialize(f5::predictions_json(input->config, predictions)));
  } else {
    fmt::print("{}", f5::predictions_text(input->config, predictions, options.is_verbose));
    if (input->known.sources.empty())
      fmt::print("\nOnly the members themselves are sources here: --source or -t names clients\n");
    fmt::print("{}", f5::remarks_text(input->config, options.is_verbose));
  }
  return number(status_of(predictions));
}

}  // namespace

void add_predict_command(CLI::App& program, int& status) {
  const auto options = std::make_shared<F5Options>();
  auto* command = program.add_subcommand("predict", "Where replies will go, by an F5 configuration alone");
  add_f5_options(*command, *options);
  command->footer(kFooter);
  command->callback([options, &status] { status = predict(*options); });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& percent) {
  auto ports = std::vector<std::string>{"p-client1"};
  for (const auto& member : site.members()) ports.push_back("p-" + member);
  for (const auto& port : ports)
    on_port(site, "loss_" + port.substr(2), port,
            {fmt::format("tcp dport {} numgen random mod 100 < {} drop", site.vip.port, percent),
             fmt::format("tcp sport {} numgen random mod 100 < {} drop", site.vip.port, percent)});
}

}  // namespace

const Fault kLoss{.name = "loss",
                  .summary = "of 100 segments that client1 and the members send, the network loses N",
                  .value = FaultValue::number,
                  .least = 1,
                  .most = 60,
                  .objection = always_applies,
                  .apply = apply};

}  // namespace hairpin::lab

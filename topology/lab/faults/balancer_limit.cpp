// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  const bool is_proxy = options.mode != "fastl4" && options.mode != "npath";
  return is_proxy ? "" : "its balancer accepts no connections: --mode standard, terminate or reencrypt";
}

void apply(Site& site, const std::string& connections) { site.balancer.most_connections_per_second = static_cast<unsigned>(std::stoul(connections)); }

}  // namespace

const Fault kBalancerLimit{.name = "balancer-limit",
                           .summary = "the balancer accepts N new connections a second, and lets others wait: a run has far fewer, a search finds it",
                           .value = FaultValue::number,
                           .least = 1,
                           .most = 20'000,
                           .is_benign = true,
                           .objection = objection,
                           .apply = apply};

}  // namespace hairpin::lab

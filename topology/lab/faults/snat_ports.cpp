// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  if (options.snat != SnatType::automap) return "it takes one SNAT address: --snat automap";
  return not_with_npath(options);
}

void apply(Site& site, const std::string& ports) { site.balancer.snat_ports = static_cast<unsigned>(std::stoul(ports)); }

}  // namespace

const Fault kSnatPorts{.name = "snat-ports",
                       .summary = "the SNAT address has N ports towards each member: a run does not fail, held connections use them up",
                       .value = FaultValue::number,
                       .least = 1,
                       .most = 20'000,
                       .is_benign = true,
                       .objection = objection,
                       .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  return options.members < 2 ? "the only member cannot be hidden" : "";
}

void apply(Site& site, const std::string& member) { std::erase(site.balancer.selectable, member); }

}  // namespace

const Fault kHidesMember{.name = "hides-member",
                         .summary = "the balancer never selects the member",
                         .value = FaultValue::member,
                         .default_value = "oc02",
                         .objection = objection,
                         .apply = apply};

}  // namespace hairpin::lab

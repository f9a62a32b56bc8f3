// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) { site.balancer.snat_addresses.resize(1); }

std::string objection(const LabOptions& options) {
  return options.snat == SnatType::pool ? "" : "it needs --snat pool";
}

}  // namespace

const Fault kSnatUnused{.name = "snat-address-unused",
                        .summary = "the balancer uses only the first of the SNAT pool's addresses",
                        .objection = objection,
                        .apply = apply};

}  // namespace hairpin::lab

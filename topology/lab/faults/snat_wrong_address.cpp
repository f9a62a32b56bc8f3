// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  return options.snat == SnatType::none ? "it needs --snat automap or --snat pool" : "";
}

void apply(Site& site, const std::string&) {
  site.balancer.snat_addresses = {server_address(site.family, 77)};
}

}  // namespace

const Fault kSnatWrongAddress{
    .name = "snat-wrong-address",
    .summary = "SNAT to an address that is neither a self IP nor of the declared pool",
    .objection = objection,
    .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& host) {
  site.host(host).names = {hairpin::to_string(server_address(site.family, 77)) + " pool01.example.com"};
}

}  // namespace

const Fault kNameElsewhere{.name = "name-elsewhere",
                           .summary = "the pool's name resolves to another address on the host",
                           .value = FaultValue::host,
                           .default_value = "oc02",
                           .objection = always_applies,
                           .apply = apply};

}  // namespace hairpin::lab

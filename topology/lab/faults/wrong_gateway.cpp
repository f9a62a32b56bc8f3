// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& member) {
  // With nPath the other router is the right way: there the replies unexpectedly go through the balancer.
  const bool is_direct = site.return_path == ReturnPath::direct;
  if (!is_direct) add_second_router(site);
  set_default_route(site.host(member), server_address(site.family, is_direct ? 4 : 1), "eth0");
}

}  // namespace

const Fault kWrongGateway{.name = "wrong-gateway",
                          .summary = "the member's default gateway is another one than the network promises",
                          .value = FaultValue::member,
                          .default_value = "oc02",
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& member) {
  auto& host = site.host(member);
  // With nPath the other router is the right way: there the replies unexpectedly go through the balancer.
  if (site.return_path == ReturnPath::direct)
    return set_default_route(host, server_address(site.family, 4), "eth0");
  add_second_router(site);
  set_default_route(host, server_address(site.family, 1), "eth0");
}

}  // namespace

const Fault kWrongGateway{.name = "wrong-gateway",
                          .summary = "the member's default gateway is another one than the network promises",
                          .value = FaultValue::member,
                          .default_value = "oc02",
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

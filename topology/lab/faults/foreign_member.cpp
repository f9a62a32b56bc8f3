// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"
#include "topology/lab/service.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) {
  auto& host = add_host(site, "oc99", Role::stranger, {leg(site, "servers", "eth0", "p-oc99", 99)});
  set_default_route(host, *site.network("servers").gateway, "eth0");
  run_service(site.host("oc99"), site.vip.port, false);
  site.balancer.selectable.emplace_back("oc99");
}

}  // namespace

const Fault kForeignMember{.name = "foreign-member",
                           .summary = "the balancer has another member, of which the topology says nothing",
                           .objection = not_with_npath,
                           .apply = apply};

}  // namespace hairpin::lab

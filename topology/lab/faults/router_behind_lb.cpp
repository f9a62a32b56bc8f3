// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

constexpr unsigned kInner = 4;

void apply(Site& site, const std::string&) {
  const auto gateway = site_address(site.family, kInner, 1);
  add_network(site, "inner", kInner, gateway);
  auto& router = add_router(site, "r2", {leg(site, "servers", "out", "p-r2-out", 3), leg(site, "inner", "in", "p-r2-in", 1)});
  set_default_route(router, server_address(site.family, 4), "out");
  for (unsigned member = 1; member <= site.members().size(); ++member)
    move_host(site, site.members()[member - 1], "inner", 20 + member, gateway);
  site.bigip().routes.push_back(
      {.to = site.network("inner").prefix, .via = server_address(site.family, 3), .interface = "srv"});
}

std::string objection(const LabOptions& options) {
  return options.mode == "npath" ? "nPath needs its members on the balancer's own wire" : "";
}

}  // namespace

const Fault kRouterBehindLb{.name = "router-behind-lb",
                            .summary = "the members are behind a router, and their way back leads through the balancer",
                            .is_benign = true,
                            .objection = objection,
                            .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

constexpr unsigned kBranch = 3;

/// Where the answers leave the client network.
Route by_second_router(const Site& site, const std::string& interface) {
  return {.to = site.network("branch").prefix, .via = client_address(site.family, 3), .interface = interface};
}

void apply(Site& site, const std::string&) {
  const auto first = site_address(site.family, kBranch, 2);
  add_network(site, "branch", kBranch, first);
  for (const unsigned last : {2U, 3U}) {
    const auto name = last == 2 ? std::string("gw-a") : std::string("gw-b");
    auto& router = add_router(site, name, {leg(site, "branch", "in", "p-" + name + "-in", last),
                                           leg(site, "clients", "out", "p-" + name + "-out", last)});
    set_default_route(router, client_address(site.family, 5), "out");
  }
  move_host(site, "client1", "branch", 10, first);
  site.bigip().routes.push_back(by_second_router(site, "cli"));
  if (site.has_host("gw")) site.host("gw").routes.push_back(by_second_router(site, "cli"));
}

}  // namespace

const Fault kTwoGateways{.name = "two-gateways",
                         .summary = "client1 sends by one router and is answered by another one of the same pair",
                         .is_benign = true,
                         .group = "client1",
                         .objection = always_applies,
                         .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) {
  move_host(site, "client1", "servers", 10, *site.network("servers").gateway);
}

}  // namespace

const Fault kClientsInPoolSubnet{.name = "clients-in-pool-subnet",
                                 .summary = "client1 is in the network of the members",
                                 .group = "client1",
                                 .objection = always_applies,
                                 .apply = apply};

}  // namespace hairpin::lab

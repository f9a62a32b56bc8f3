// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) {
  for (const auto* name : {"client1", "oc01"})
    site.host(name).connectors.push_back(
        {.name = "foreign-traffic", .endpoints = {site.vip}, .interval = milliseconds(250)});
}

}  // namespace

const Fault kForeignTraffic{
    .name = "foreign-traffic",
    .summary = "other programs on client1 and oc01 connect to the VIP, 4 times a second",
    .is_benign = true,
    .objection = always_applies,
    .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& leg) {
  const auto port = site.vip.port;
  if (leg == "client-leg") {
    on_port(site, "filtered", "p-client1", {fmt::format("tcp dport {} drop", port)});
  } else {
    const auto mac = hairpin::to_string(site.host("oc02").interface("eth0").mac);
    on_port(site, "filtered", "p-bigip-srv", {fmt::format("ether daddr {} tcp dport {} drop", mac, port)});
  }
}

std::string objection(const LabOptions& options) {
  return options.members < 2 ? "it filters the way to oc02, which is not there" : "";
}

}  // namespace

const Fault kFiltered{.name = "filtered",
                      .summary = "the network drops what client1 sends to the VIP, or what the balancer sends to oc02",
                      .value = FaultValue::word,
                      .words = "client-leg server-leg",
                      .objection = objection,
                      .apply = apply};

}  // namespace hairpin::lab

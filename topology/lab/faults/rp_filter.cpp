// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  return options.family == Family::ipv6 ? "IPv6 has no reverse path filter" : "";
}

void apply(Site& site, const std::string& member) {
  auto& host = site.host(member);
  const auto last = host.interface("eth0").mac.bytes[5];
  host.interfaces.push_back({.name = "eth1",
                             .network = "clients",
                             .port = "p-" + member + "-eth1",
                             .mac = mac_of(1, last),
                             .addresses = {{client_address(site.family, last), 24, true}}});
  host.sysctls.push_back({"net/ipv4/conf/eth0/rp_filter", "1", false});
}

}  // namespace

const Fault kRpFilter{
    .name = "rp-filter",
    .summary = "the member has a leg in the client network and drops what arrives by the other one",
    .value = FaultValue::member,
    .default_value = "oc02",
    .objection = objection,
    .apply = apply};

}  // namespace hairpin::lab

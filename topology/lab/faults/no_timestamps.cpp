// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& wanted) {
  for (auto& host : site.hosts) {
    const bool is_end = host.role == Role::client || host.role == Role::member;
    if (wanted == "all" ? is_end : wanted == host.name) host.sysctls.push_back({"net/ipv4/tcp_timestamps", "0", false});
  }
}

}  // namespace

const Fault kNoTimestamps{.name = "no-timestamps",
                          .summary = "no TCP timestamps, as Windows by default: on client1 and the members, or on one host",
                          .value = FaultValue::host,
                          .default_value = "all",
                          .is_benign = true,
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

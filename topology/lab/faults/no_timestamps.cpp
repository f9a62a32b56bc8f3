// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) {
  for (auto& host : site.hosts)
    if (host.role == Role::client || host.role == Role::member)
      host.sysctls.push_back({"net/ipv4/tcp_timestamps", "0", false});
}

}  // namespace

const Fault kNoTimestamps{.name = "no-timestamps",
                          .summary = "no TCP timestamps (as Windows by default)",
                          .is_benign = true,
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

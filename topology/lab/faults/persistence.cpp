// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

/// client1 and every other member stay on oc01, oc01 on oc02: each member is seen, none by all.
void apply(Site& site, const std::string& how) {
  const auto members = site.members();
  for (const auto& host : site.hosts) {
    if (host.role != Role::client && host.role != Role::member) continue;
    site.balancer.bindings.emplace_back(host.interface("eth0").addresses.front().address,
                                        host.name == members.front() ? members.back() : members.front());
  }
  site.promise.is_persistent = how == "declared";
}

}  // namespace

const Fault kPersistence{.name = "persistence",
                         .summary = "the balancer keeps each source on one member: promised by the topology, or not",
                         .value = FaultValue::word,
                         .words = "source declared",
                         .objection = always_applies,
                         .apply = apply};

}  // namespace hairpin::lab

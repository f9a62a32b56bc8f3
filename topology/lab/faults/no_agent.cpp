// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"
#include "topology/lab/service.hpp"

namespace hairpin::lab {
namespace {

/// A member without an agent has what it is there for: the service itself.
void apply(Site& site, const std::string& name) {
  auto& host = site.host(name);
  host.is_without_agent = true;
  host.agent.clear();
  if (host.role == Role::member) run_service(host, site.vip.port, false);
}

}  // namespace

const Fault kNoAgent{.name = "no-agent",
                     .summary = "the host has no agent; a member then runs the real service",
                     .value = FaultValue::host,
                     .default_value = "oc02",
                     .objection = always_applies,
                     .apply = apply};

}  // namespace hairpin::lab

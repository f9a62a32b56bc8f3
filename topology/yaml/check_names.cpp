// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

void check_agents(const Draft& draft, Reading& reading) {
  std::map<std::string, std::string> owner_of;
  for (std::size_t i = 0; i < draft.topology.hosts.size(); ++i) {
    const auto& host = draft.topology.hosts[i];
    if (!host.agent) continue;
    const auto [first, is_new] = owner_of.emplace(to_string(*host.agent), host.name);
    if (!is_new)
      reading.problem(
          *draft.host_nodes[i],
          "hosts." + host.name + " has the same agent as hosts." + first->second + ": " + first->first,
          "each host has an agent of its own");
  }
}

void check_role(const HostUse& use, const Host& host, Reading& reading) {
  const auto& [name, node, path] = use.name;
  if (use.role == HostRole::load_balancer && !host.is_load_balancer)
    reading.problem(*node, path + ": " + in_quotes(name) + " is no load balancer",
                    "set load_balancer: true in hosts." + name);
  if (!host.is_load_balancer) return;
  if (use.role == HostRole::member)
    reading.problem(*node, path + ": " + in_quotes(name) + " is a load balancer", "members are front ends");
  if (use.role == HostRole::source)
    reading.problem(*node, path + ": " + in_quotes(name) + " is a load balancer",
                    "it opens no probes: remove it");
}

}  // namespace

void check_names(const Draft& draft, Reading& reading) {
  std::map<std::string_view, const Host*> hosts;
  std::vector<std::string_view> names;
  for (const auto& host : draft.topology.hosts) {
    hosts.emplace(host.name, &host);
    names.push_back(host.name);
  }
  if (names.empty()) return;  // that is a problem already, and every name would be another one
  for (const auto& use : draft.host_uses) {
    if (reading.is_full()) return;
    const auto found = hosts.find(use.name.value);
    if (found != hosts.end()) {
      check_role(use, *found->second, reading);
      continue;
    }
    const auto mend = did_you_mean(use.name.value, names);
    reading.problem(*use.name.node, use.name.path + ": unknown host " + in_quotes(use.name.value),
                    mend.empty() ? "declare it under hosts" : mend);
  }
  check_agents(draft, reading);
}

}  // namespace hairpin::yaml

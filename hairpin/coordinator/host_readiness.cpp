// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/host_readiness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace hairpin {
namespace {

std::vector<std::string> roles_of(const Plan& plan, const Host& host) {
  const auto opens = [&](const auto& planned) { return planned.source == host.name; };
  const bool is_probe =
      std::any_of(plan.sources.begin(), plan.sources.end(),
                  [&](const PlannedSource& source) { return opens(source) && source.skip_reason.empty(); }) ||
      std::any_of(plan.directs.begin(), plan.directs.end(), opens);
  const bool is_responder =
      std::any_of(plan.listeners.begin(), plan.listeners.end(),
                  [&](const PlannedListener& listener) { return listener.host == host.name; });
  std::vector<std::string> roles;
  if (is_probe) roles.emplace_back("probe");
  if (is_responder) roles.emplace_back("responder");
  if (is_probe || is_responder || host.agent) roles.emplace_back("capture");
  return roles;
}

}  // namespace

bool HostReadiness::lacks_capture_privilege() const {
  return std::any_of(captures.begin(), captures.end(),
                     [](const CaptureFacts* capture) { return capture->lacks_privilege; });
}

std::vector<std::uint16_t> HostReadiness::denied_ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : listeners)
    if (listener.lacks_privilege) ports.push_back(listener.port);
  return ports;
}

std::vector<HostReadiness> host_readiness(const Topology& topology, const Plan& plan,
                                          const Collected& collected) {
  const auto& seen = collected.observations;
  std::vector<HostReadiness> all;
  for (const auto& host : topology.hosts) {
    HostReadiness ready;
    ready.host = &host;
    ready.roles = roles_of(plan, host);
    ready.agent.state = AgentState::none;
    for (const auto& agent : seen.agents)
      if (agent.host == host.name) ready.agent = agent;
    for (const auto& capture : seen.captures)
      if (capture.host == host.name) ready.captures.push_back(&capture);
    if (const auto found = collected.listeners.find(host.name); found != collected.listeners.end())
      ready.listeners = found->second;
    all.push_back(std::move(ready));
  }
  return all;
}

std::string stands_elsewhere(const Host& host, const HostFacts& facts) {
  std::set<std::string> own;
  for (const auto& interface : facts.interfaces)
    for (const auto& address : interface.addresses) {
      if (std::find(host.addresses.begin(), host.addresses.end(), address) != host.addresses.end()) return {};
      if (!interface.is_loopback && !address.is_link_local()) own.insert(to_string(address));
    }
  const bool is_loopback = std::any_of(host.addresses.begin(), host.addresses.end(),
                                       [](const IpAddress& address) { return address.is_loopback(); });
  if (own.empty() || host.addresses.empty() || is_loopback) return {};
  std::vector<std::string> declared;
  for (const auto& address : host.addresses) declared.push_back(to_string(address));
  return fmt::format("the agent runs on a host that has {}, and not {}, which the topology says of {}; correct agent: or addresses:",
                     fmt::join(own, ", "), fmt::join(declared, ", "), host.name);
}

}  // namespace hairpin

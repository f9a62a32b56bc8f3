// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hairpin/coordinator/coordinator.hpp"

namespace hairpin {

/// What one host brings to a run, as PREPARE found it. Points into what it was made from.
struct HostReadiness {
  const Host* host = nullptr;
  AgentFacts agent;
  std::vector<std::string> roles;  ///< that the plan wants of it: probe, responder, capture
  std::vector<const CaptureFacts*> captures;
  std::vector<Listening> listeners;

  bool is_reached() const { return !agent.version.empty(); }
  bool is_prepared() const { return !captures.empty() || !listeners.empty(); }
  bool lacks_capture_privilege() const;
  std::vector<std::uint16_t> denied_ports() const;  ///< that it may not listen to
};

/// Every host of the topology, in its order.
std::vector<HostReadiness> host_readiness(const Topology& topology, const Plan& plan,
                                          const Collected& collected);

/// A line for each thing that keeps this host from what the plan wants of it, with the command that mends it.
std::vector<std::string> mends(const HostReadiness& ready);

/// In words, when the agent that was reached runs on another host than the topology says: none of the host's declared
/// addresses is one of its own. Empty otherwise, and where its addresses are not known.
std::string stands_elsewhere(const Host& host, const HostFacts& facts);

}  // namespace hairpin

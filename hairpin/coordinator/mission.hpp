// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "evidence/trip.hpp"
#include "hairpin/coordinator/agent_link.hpp"
#include "hairpin/coordinator/coordinator.hpp"

namespace hairpin {

/// What every part of a run's execution works on.
struct Mission {
  const Topology& topology;
  const Plan& plan;
  const RunOptions& options;
  std::string run;
  Roster roster;
  Progress& progress;
  Collected collected;
  std::map<std::string, std::unique_ptr<AgentLink>> links;  ///< by host
  std::string load_key;   ///< of loads, drawn for this run
  SteadyTime deadline{};
  bool is_stopped = false;  ///< by a signal
  bool has_load_under_way = false;  ///< what it measured is worth a moment after a signal

  bool is_over() const { return is_stopped || std::chrono::steady_clock::now() >= deadline; }
  AgentLink* ready(const std::string& host) const;  ///< null when its agent cannot be asked
};

/// TLS ends at the balancer, or is not spoken at all: members are asked in plaintext.
bool is_plaintext(const VirtualServer& server, bool is_direct);
bool ends_tls(const VirtualServer& server);  ///< the balancer does

const VirtualServer& server_of(const Topology& topology, const std::string& pool, const std::string& server);

/// Has every agent send what it holds, and decodes it.
net::Task<> gather(Mission& mission);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include "topology/lab/build/namespace.hpp"
#include "topology/lab/lab.hpp"

/// A site made real, step by step, in the process that will hold it.
namespace hairpin::lab {

/// The switch (the namespace that the process is in), the management place where there is one, then every
/// host.
using Places = std::vector<NetworkNamespace>;
Result<Places> build_network(const Site& site);

/// Loads every host's nft tables, all hosts at a time. Rules and logs are files in `folder`.
Result<> load_rules(const Site& site, const Places& places, const std::string& folder);

/// A child that has to keep running.
struct RunningChild {
  std::string name;  ///< "agent-oc01", "haproxy"
  std::string log;
  std::function<Result<pid_t>()> start;
  std::function<bool(pid_t)> is_ready;  ///< empty: as soon as it runs
  pid_t pid = -1;
  SteadyTime started{};
};

/// HAProxy, the connectors and the agents, started; not yet ready.
Result<std::vector<RunningChild>> start_children(const Site& site, const Places& places,
                                                 const std::string& folder, const AgentBody& agent);

/// Waits until all are ready. One that ends before is an error with the end of its log.
Result<> wait_until_ready(const std::vector<RunningChild>& children);

}  // namespace hairpin::lab

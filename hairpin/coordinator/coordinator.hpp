// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evidence/observation.hpp"
#include "hairpin/caller/progress.hpp"
#include "hairpin/caller/run_options.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "hairpin/messages/frame_store.hpp"
#include "net/task.hpp"
#include "topology/plan.hpp"

namespace hairpin {

struct Mission;

/// What one run brought together.
struct Collected {
  Observations observations;
  std::map<std::string, std::vector<Listening>>
      listeners;  ///< by host: what became of those it was asked for
  FrameStore frames;
  std::optional<int> signal;  ///< SIGINT or SIGTERM ended it
};

/// What is done between the preparation of the agents and their end.
using Work = std::function<net::Task<>(Mission&)>;

/// Connects to every agent, has them prepared, probes by the schedule, collects what everybody saw. Runs its
/// own event loop. An agent that is missing or lost is a fact in `agents`, never an error; every wait has a
/// limit. Errors: the keys of --pki cannot be read, the run's own certificates cannot be made.
Result<Collected> collect(const Topology& topology, const Plan& plan, const RunOptions& options,
                          const std::string& run, Progress& progress, const Work& work = {});

}  // namespace hairpin

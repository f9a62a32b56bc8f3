// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "topology/model.hpp"

namespace hairpin {

/// One thing that is wrong with a topology file. Lines and columns count from 1.
struct TopologyProblem {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string what;  ///< "unknown key \"adresses\" in hosts.oc01"
  std::string mend;  ///< "did you mean \"addresses\"?"
};

/// FILE:LINE:COLUMN: WHAT; MEND
std::string describe(const TopologyProblem& problem, const std::string& file);

/// Either a topology or at least one problem, all that could be found, in order of line.
struct TopologyReading {
  std::optional<Topology> topology;
  std::vector<TopologyProblem> problems;
};

/// Reads the YAML of docs/topology.md. Never throws, whatever the bytes are: at most 4 MiB, 32 levels, no
/// anchors.
TopologyReading read_topology(std::string_view text);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "topology/f5/config.hpp"

namespace hairpin::f5 {

struct Imported {
  std::string topology;           ///< the file's text
  std::size_t virtual_servers = 0;
  std::size_t left_out = 0;       ///< with their reasons as comments at the end of the text
  std::size_t placeholders = 0;
};

/// A topology file (docs/topology.md) of a configuration: every line says which object and line it comes from. What no
/// BIG-IP configuration knows – clients, agents, the members' gateways, what clients speak – is `<fill in: …>`, which
/// the reader of topologies refuses until somebody did.
Imported import_topology(const Config& config);

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hairpin/load/options.hpp"
#include "topology/plan.hpp"

namespace hairpin {

/// What is loaded, and by whom: all that can be known before anybody is asked.
struct LoadScope {
  const Pool* pool = nullptr;            ///< of the topology
  const VirtualServer* server = nullptr;
  Target target;                         ///< the VIP
  std::vector<std::string> sources;      ///< those of --from, or those that are no members, or all
  AddressesBySource addresses;           ///< that connections of a source come from; empty: as its kernel chooses
};

/// The part of a load that one of so many sources makes.
LoadShape part_of(const LoadScope& scope, const LoadShape& whole, const std::vector<std::string>& sources, std::uint32_t number);

/// An error names the option that fits nothing in the topology: it is one of usage.
Result<LoadScope> load_scope(const Topology& topology, const Plan& plan, const LoadOptions& options);

}  // namespace hairpin

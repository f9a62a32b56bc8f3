// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/finding.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// What proves that a load is carried; whoever made one knows with which options.
inline constexpr std::string_view kLoadAgain = "hairpin load -t FILE";

/// What mends a cause for this subject: vendor commands with the names that the topology gives, roll-back, side effects
/// and the line that proves it afterwards. Sources of the commands: F5 tmsh reference (ltm virtual), docs/architecture.md.
Remedy remedy_for(const Topology& topology, std::string_view cause, const Finding& example);
std::vector<std::string> references_for(std::string_view cause);

/// The declared virtual server of a subject; null when it names none.
const VirtualServer* server_of(const Topology& topology, const Subject& subject);

// What the BIG-IP calls it: `f5:` of the topology, or a place holder in angle brackets.
std::string virtual_name(const Topology& topology, const Subject& subject);
std::string pool_name(const Topology& topology, const Subject& subject);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "evidence/load.hpp"
#include "evidence/load_counts.hpp"
#include "hairpin/coordinator/mission.hpp"

namespace hairpin {

/// What each member's listener on one port has served until now, by host; without hosts that did not say.
using ServedAccounts = std::map<std::string, LoadCounts>;

net::Task<> ask_served(Mission& mission, std::vector<std::string> members, std::uint16_t port, ServedAccounts& into);

/// What was served between two moments; empty when one of the members did not say both times.
std::vector<ServedLoad> served_between(const std::vector<std::string>& members, const ServedAccounts& before,
                                       const ServedAccounts& after);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/f5/config.hpp"

/// What several readers of a configuration ask about its profiles and members.
namespace hairpin::f5 {

/// The first profile of that type on the virtual server; null: none.
const ProfileUse* profile_of(const Config& config, const Virtual& server, Text type);
/// All of that type: a virtual server has several client-ssl profiles where it has several names.
std::vector<const ProfileUse*> profiles_of(const Config& config, const Virtual& server, Text type);
/// Whether some profile of it is in no file: which type that is, and what is missing, nobody can say then.
bool has_unknown_profile(const Config& config, const Virtual& server);
/// What a profile, or its parents, say; the engine's default where nobody says it.
std::string setting_or(const Config& config, Name profile, Text key, std::string_view otherwise);
/// Whether new connections never go to the member: it, or its node, is disabled or forced down.
bool is_out(const Config& config, const Member& member);

}  // namespace hairpin::f5

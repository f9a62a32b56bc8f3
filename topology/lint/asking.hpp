// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "topology/f5/questions.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/lint/lint.hpp"

/// Questions that several rules ask.
namespace hairpin::f5 {

/// Enabled virtual servers that hand connections to members.
template <class Visit>
void each_server(const Config& config, Visit visit) {
  for (const auto& server : config.virtuals)
    if (server.is_enabled.value && server.mode.value == VirtualMode::standard) visit(server);
}

/// The same with the pool that each has.
template <class Visit>
void each_server_and_pool(const Config& config, Visit visit) {
  each_server(config, [&](const Virtual& server) {
    if (const auto* pool = config.pools.find(server.pool.value)) visit(server, *pool);
  });
}

bool has_profile(const Config& config, const Virtual& server, Text type);
/// Whether all parents of a profile are known: only then the default counts for what none of them says.
bool is_known(const Config& config, Name profile);
/// Whether an iRule may run that command: it says so, or it, or a policy, is in no file.
bool may_run(const Config& config, const Virtual& server, Text command);
/// A setting that names a file or object: "" for none.
std::string object_setting(const Config& config, Name profile, Text key);
std::optional<std::uint64_t> number_setting(const Config& config, Name profile, Text key);

bool share_a_vlan(const VlanScope& left, const VlanScope& right);
/// Whether an iRule or policy may change the source address.
bool may_change_snat(const Config& config, const Virtual& server);
/// Where a setting stands, else its object.
inline Origin at(Origin setting, const Object& object) { return setting ? setting : object.origin; }

/// A name as a command takes it: in quotes where it has blanks or what tmsh would read.
std::string in_command(std::string_view name);
/// Commands that give a profile of the virtual server another setting. Of a shipped one, which others have as well, a child is
/// made.
std::vector<std::string> change_profile(const Config& config, const Virtual& server, const ProfileUse& use, std::string_view what);
/// "tmsh modify ltm virtual /Common/v1 WHAT"
std::string modify(std::string_view kind, const Object& object, std::string_view what);
inline constexpr std::string_view kAutomap = "source-address-translation { type automap }";
/// What makes the virtual server translate: its own setting where it has none, and the pool's where that forbids it.
std::vector<std::string> translation_mend(const Virtual& server, const Pool& pool);

}  // namespace hairpin::f5

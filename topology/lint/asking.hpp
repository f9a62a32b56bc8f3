// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

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

/// The first profile of that type on the virtual server; null: none.
const ProfileUse* profile_of(const Config& config, const Virtual& server, Text type);
bool has_profile(const Config& config, const Virtual& server, Text type);
/// What a profile, or its parents, say; the engine's default where nobody says it.
std::string setting_or(const Config& config, Name profile, Text key, std::string_view otherwise);
/// A setting that names a file or object: "" for none.
std::string object_setting(const Config& config, Name profile, Text key);
std::optional<std::uint64_t> number_setting(const Config& config, Name profile, Text key);

/// Whether an iRule or policy may change the source address.
bool may_change_snat(const Config& config, const Virtual& server);
bool is_host(const RoutedPrefix& network);
/// Where a setting stands, else its object.
inline Origin at(Origin setting, const Object& object) { return setting ? setting : object.origin; }
/// More than one unit: two devices, or a floating self IP.
bool is_pair(const Config& config);

/// "tmsh modify ltm virtual /Common/v1 WHAT"
std::string modify(std::string_view kind, const Object& object, std::string_view what);
inline constexpr std::string_view kAutomap = "source-address-translation { type automap }";

}  // namespace hairpin::f5

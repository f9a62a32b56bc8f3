// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/questions.hpp"

#include <algorithm>

namespace hairpin::f5 {

const ProfileUse* profile_of(const Config& config, const Virtual& server, Text type) {
  for (const auto& use : server.profiles)
    if (config.profile_type(use.profile.value) == type) return &use;
  return nullptr;
}

std::vector<const ProfileUse*> profiles_of(const Config& config, const Virtual& server, Text type) {
  std::vector<const ProfileUse*> found;
  for (const auto& use : server.profiles)
    if (config.profile_type(use.profile.value) == type) found.push_back(&use);
  return found;
}

bool has_unknown_profile(const Config& config, const Virtual& server) {
  if (std::ranges::find(server.not_expanded, "profiles") != server.not_expanded.end()) return true;
  return std::ranges::any_of(server.profiles, [&](const ProfileUse& use) { return config.profile_type(use.profile.value).empty(); });
}

std::string setting_or(const Config& config, Name profile, Text key, std::string_view otherwise) {
  const auto setting = config.setting(profile, key);
  return std::string(setting ? setting->value : otherwise);
}

bool is_out(const Config& config, const Member& member) {
  const auto* node = config.nodes.find(member.node);
  return !member.is_enabled.value || member.is_forced_down.value || (node && (!node->is_enabled.value || node->is_forced_down.value));
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/asking.hpp"

#include <algorithm>
#include <charconv>

namespace hairpin::f5 {

const ProfileUse* profile_of(const Config& config, const Virtual& server, Text type) {
  for (const auto& use : server.profiles)
    if (config.profile_type(use.profile.value) == type) return &use;
  return nullptr;
}

bool has_profile(const Config& config, const Virtual& server, Text type) { return profile_of(config, server, type) != nullptr; }

std::string setting_or(const Config& config, Name profile, Text key, std::string_view otherwise) {
  const auto setting = config.setting(profile, key);
  return std::string(setting ? setting->value : otherwise);
}

std::string object_setting(const Config& config, Name profile, Text key) {
  auto value = setting_or(config, profile, key, "");
  return value == "none" ? "" : value;
}

std::optional<std::uint64_t> number_setting(const Config& config, Name profile, Text key) {
  const auto text = setting_or(config, profile, key, "");
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

bool may_change_snat(const Config& config, const Virtual& server) {
  if (server.rules.empty() && server.policies.empty()) return false;
  const auto found = overrides(config, server);
  return std::any_of(found.begin(), found.end(), [](const Override& each) { return each.is_about_snat; });
}

bool is_host(const RoutedPrefix& network) { return network.prefix.length == network.prefix.network.size() * 8; }

bool is_pair(const Config& config) {
  return config.devices.size() > 1 ||
         std::any_of(config.selfs.begin(), config.selfs.end(), [](const SelfAddress& self) { return self.is_floating; });
}

std::string modify(std::string_view kind, const Object& object, std::string_view what) {
  return fmt::format("tmsh modify {} {} {}", kind, shown(object.name), what);
}

}  // namespace hairpin::f5

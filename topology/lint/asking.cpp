// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/asking.hpp"

#include <algorithm>
#include <charconv>

#include "topology/f5/shipped.hpp"

namespace hairpin::f5 {

bool is_known(const Config& config, Name profile) {
  constexpr int kMostParents = 32;  // a chain that is longer runs in a circle
  for (int parents = 0; parents < kMostParents; ++parents) {
    const auto* found = config.profiles.find(profile);
    if (!found) return shipped_profile(profile).has_value();
    if (found->defaults_from.value.empty() || found->defaults_from.value == profile) return true;
    profile = found->defaults_from.value;
  }
  return false;
}

bool may_run(const Config& config, const Virtual& server, Text command) {
  const auto says = [&](const Rule& rule) {
    return rule.is_elsewhere || std::ranges::any_of(rule.acts, [&](const RuleAct& act) { return act.command == command || act.command.find('$') != Text::npos; });
  };
  if (std::ranges::find(server.not_expanded, "policies") != server.not_expanded.end()) return true;
  const bool has_unknown_policy = std::ranges::any_of(server.policies, [&](const Reference& reference) {
    return !config.policies.find(reference.value) && !is_shipped("ltm policy", reference.value);
  });
  return has_unknown_policy || std::ranges::any_of(server.rules, [&](const Reference& reference) {
           const auto* rule = config.rules.find(reference.value);
           return rule ? says(*rule) : !is_shipped("ltm rule", reference.value);
         });
}

bool has_profile(const Config& config, const Virtual& server, Text type) { return profile_of(config, server, type) != nullptr; }

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

bool share_a_vlan(const VlanScope& left, const VlanScope& right) {
  if (left.vlans.empty() || right.vlans.empty()) return true;
  const auto both = [&](const Reference& vlan) { return left.listens_on(vlan.value) && right.listens_on(vlan.value); };
  return std::ranges::any_of(left.vlans, both) || std::ranges::any_of(right.vlans, both) || (!left.is_only_listed.value && !right.is_only_listed.value);
}

std::vector<std::string> translation_mend(const Virtual& server, const Pool& pool) {
  std::vector<std::string> mend;
  if (server.snat.value.type == SnatType::none) mend.push_back(modify("ltm virtual", server, kAutomap));
  if (!pool.allows_snat.value) mend.push_back(modify("ltm pool", pool, "allow-snat yes"));
  return mend;
}

bool may_change_snat(const Config& config, const Virtual& server) {
  const auto found = overrides(config, server);
  return std::any_of(found.begin(), found.end(), [](const Override& each) { return each.is_about_snat; });
}

std::string in_command(std::string_view name) {
  return tmsh_word(shown(name));
}

std::string modify(std::string_view kind, const Object& object, std::string_view what) {
  return fmt::format("tmsh modify {} {} {}", kind, in_command(object.name), what);
}

namespace {

std::string with_side(const std::string& profile, Side side) {
  if (side == Side::all) return fmt::format("{} {{ }}", profile);
  return fmt::format("{} {{ context {} }}", profile, boost::describe::enum_to_string(side, ""));
}

}  // namespace

std::vector<std::string> change_profile(const Config& config, const Virtual& server, const ProfileUse& use, std::string_view what) {
  const auto type = config.profile_type(use.profile.value);
  if (!shipped_profile(use.profile.value)) return {fmt::format("tmsh modify ltm profile {} {} {}", type, in_command(use.profile.value), what)};
  std::string all;
  for (const auto& each : server.profiles)
    all += with_side(&each == &use ? std::string("NAME") : in_command(each.profile.value), each.side.value) + " ";
  return {fmt::format("tmsh create ltm profile {} NAME defaults-from {} {}", type, in_command(use.profile.value), what),
          modify("ltm virtual", server, fmt::format("profiles replace-all-with {{ {}}}", all))};
}

}  // namespace hairpin::f5

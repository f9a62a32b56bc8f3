// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "topology/f5/secrets.hpp"
#include "topology/f5/shipped.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kFirstChunk = 64u << 10;
constexpr int kMostParents = 32;  // a chain that is longer runs in a circle
constexpr Text kFirstGroup = "/Common/traffic-group-1";

/// What a key says: its words, or those of its block in one line.
std::string said_by(const Node& node) {
  std::string said;
  const auto append = [&](Text word) {
    if (!said.empty()) said += ' ';
    said += word;
  };
  for (std::size_t i = 1; i < node.words.size(); ++i) append(node.words[i]);
  for (const auto& child : node.block)
    for (const auto word : child.words) append(word);
  return said;
}

bool is_of_kind(Text kind, Text wanted) {
  if (kind == wanted) return true;
  if (kind.starts_with(wanted) && kind[wanted.size()] == ' ') return true;
  if (wanted == "ltm profile") return kind.find(" profile") != kind.npos || kind.ends_with("asm-profile");
  if (wanted == "net vlan") return kind == "net vlan-group" || kind == "net tunnels tunnel" || kind == "net tunnels fec";
  if (wanted == "net address-list" || wanted == "net port-list")
    return kind.starts_with("security firewall") && kind.ends_with(wanted.substr(4));
  return false;
}

}  // namespace

Config::Config() : arena_(std::make_unique<std::pmr::monotonic_buffer_resource>(kFirstChunk)) {}
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;
Config::~Config() = default;

Text Object::partition() const {
  if (!name.starts_with('/')) return "Common";
  const auto end = name.find('/', 1);
  return end == Text::npos ? name.substr(1) : name.substr(1, end - 1);
}
Text Object::short_name() const { return name.substr(name.rfind('/') + 1); }

bool VlanScope::listens_on(Name vlan) const {
  if (vlans.empty()) return true;
  const bool is_listed = std::ranges::any_of(vlans, [&](const Reference& listed) { return listed.value == vlan; });
  return is_listed == is_only_listed.value;
}

void NotUnderstood::count(std::map<std::string, Key>& names, std::string name, const Origin& at) {
  if (names.size() >= kMostNames && !names.contains(name)) name = "(others)";
  auto& key = names[std::move(name)];
  if (++key.count == 1) key.first = at;
}

std::size_t NotUnderstood::key_count() const {
  std::size_t count = 0;
  for (const auto& [name, key] : keys) count += key.count;
  return count;
}
std::size_t NotUnderstood::object_count() const {
  std::size_t count = 0;
  for (const auto& [name, kind] : kinds) count += kind.count;
  return count;
}

Text Config::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* place = static_cast<char*>(arena_->allocate(text.size(), 1));
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

Name Config::full_name(Text name, Text partition) {
  if (name.empty() || name.front() == '/') return name;
  return keep(fmt::format("/{}/{}", partition, name));
}

std::string Config::place(const Origin& origin) const {
  if (!origin || origin.file >= trees.size()) return "default";
  return fmt::format("{}:{}", shown(trees[origin.file].file), origin.line);
}

std::string Config::cite(const Object& object) const {
  return fmt::format("{} {} ({})", shown(object.kind), shown(object.name), place(object.origin));
}

std::optional<Setting> Config::setting(Name profile, Text key) const {
  for (int parents = 0; parents < kMostParents && !profile.empty(); ++parents) {
    const Profile* found = nullptr;
    for (const auto* table : {&profiles, &persistences, &monitors})
      if (!found) found = table->find(profile);
    if (!found) {
      if (const auto value = shipped_setting(profile, key)) return Setting{std::string(*value), profile, {}};
      return {};
    }
    if (const auto* node = found->node->child(key))
      return Setting{said_by(*node), found->name, {found->origin.file, node->line}};
    if (found->defaults_from.value == profile) return {};
    // A shipped profile that a file changed says in the file only what was changed.
    if (found->defaults_from.value.empty()) {
      if (const auto value = shipped_setting(profile, key)) return Setting{std::string(*value), profile, {}};
    }
    profile = found->defaults_from.value;
  }
  return {};
}

Text Config::profile_type(Name profile) const {
  for (const auto* table : {&profiles, &persistences, &monitors})
    if (const auto* found = table->find(profile)) return found->type;
  if (const auto shipped = shipped_profile(profile)) return shipped->type;
  return {};
}

Value<Text> Config::db(Text variable) const {
  if (const auto found = db_.find(variable); found != db_.end()) return found->second;
  return {shipped_db(variable).value_or(Text()), {}};
}

std::uint32_t Config::route_domain_of(Text partition) const {
  const auto* found = partitions.find(partition);
  return found ? static_cast<std::uint32_t>(found->default_route_domain.value) : 0;
}

Name Config::traffic_group_of(Text partition) const {
  const auto* found = partitions.find(partition);
  return found && !found->traffic_group.value.empty() ? found->traffic_group.value : kFirstGroup;
}

const Object* Config::find(Text kind, Name name) const {
  const auto [begin, end] = by_name_.equal_range(name);
  for (auto place = begin; place != end; ++place)
    if (is_of_kind(objects[place->second].kind, kind)) return &objects[place->second];
  return nullptr;
}

bool Config::is_defined(const ReferenceUse& use) const {
  return find(use.kind, use.name) != nullptr || is_shipped(use.kind, use.name);
}

}  // namespace hairpin::f5

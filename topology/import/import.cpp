// SPDX-License-Identifier: Apache-2.0
#include "topology/import/import.hpp"

#include <fmt/format.h>

#include "topology/f5/secrets.hpp"
#include "topology/import/lines.hpp"
#include "topology/yaml/placeholders.hpp"

namespace hairpin::f5 {
namespace {

std::size_t count_placeholders(const std::string& text) {
  std::size_t count = 0;
  for (auto place = text.find(yaml::kPlaceholder); place != std::string::npos; place = text.find(yaml::kPlaceholder, place + 1)) ++count;
  return count;
}

void add_head(Lines& lines, const Config& config) {
  lines.comment("Made by `hairpin import f5` of:");
  for (const auto& tree : config.trees) lines.comment("  " + shown(tree.file));
  lines.comment("Fill in what is marked <fill in: …>: no BIG-IP configuration knows it.");
  lines.add("hairpin: 1");
  lines.add("name: imported");
}

void add_left_out(Lines& lines, const Config& config, const Sorted& sorted) {
  if (sorted.left_out.empty()) return;
  lines.comment("Left out:");
  for (const auto& each : sorted.left_out) lines.comment(fmt::format("  {}: {}", config.cite(*each.server), each.why));
}

}  // namespace

void Lines::add(std::string line, const Object& object, Origin origin) {
  const auto place = origin ? origin : object.origin;
  text_ += fmt::format("{:<56}  # {} {}, {}\n", line, shown(object.kind), shown(object.name), config_.place(place));
}

Imported import_topology(const Config& config) {
  const Networks networks(config);
  const auto sorted = sort_out(config, networks);
  Lines lines(config);
  add_head(lines, config);
  add_hosts(lines, config, sorted);
  add_networks(lines, networks, sorted);
  add_pools(lines, config, networks, sorted);
  add_left_out(lines, config, sorted);
  Imported imported{lines.take(), 0, sorted.left_out.size(), 0};
  for (const auto& pool : sorted.pools) imported.virtual_servers += pool.servers.size();
  imported.placeholders = count_placeholders(imported.topology) - 1;  // the head explains the mark
  return imported;
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/import/lines.hpp"
#include "topology/predict/snat.hpp"

namespace hairpin::f5 {
namespace {

/// The addresses of a SNAT pool or translation that members of this virtual server can see; empty: not to be promised.
std::string addresses_of(const Config& config, const Networks& networks, const Virtual& server, const EffectiveSnat& snat) {
  const auto& pool = *config.pools.find(server.pool.value);
  const auto vip = server.destination.value->network.prefix.network;
  std::string text;
  for (const auto& each : translated(config, networks, server, snat, *pool.members.front().address.value).addresses) {
    if (each.address.address == vip) return {};  // a promise cannot tell it from the VIP
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", to_string(each.address.address));
  }
  return text;
}

/// One rule of `snat`, or nothing where the configuration does not settle it.
std::string rule_of(const Config& config, const Networks& networks, const Virtual& server, const EffectiveSnat& snat, const std::string& from) {
  if (snat.kind == SnatKind::none) return fmt::format("{{ {}type: none }}", from);
  if (snat.kind == SnatKind::automap) return networks.selfs().empty() ? "" : fmt::format("{{ {}type: automap }}", from);
  const auto addresses = addresses_of(config, networks, server, snat);
  return addresses.empty() ? "" : fmt::format("{{ {}type: pool, addresses: [{}] }}", from, addresses);
}

std::vector<std::pair<RoutedPrefix, const GlobalSnat*>> global_snats_of(const Config& config, const RoutedPrefix& vip) {
  std::vector<std::pair<RoutedPrefix, const GlobalSnat*>> found;
  for (const auto& snat : config.snats)
    for (const auto& origin : snat.origins)
      if (origin.value.prefix.network.family == vip.prefix.network.family && origin.value.route_domain == vip.route_domain) found.emplace_back(origin.value, &snat);
  return found;
}

void add_global(Lines& lines, const Config& config, const Networks& networks, const Virtual& server, const Pool& pool) {
  lines.add(std::string(kIndent) + "snat:");
  for (const auto& [origin, global] : global_snats_of(config, server.destination.value->network)) {
    const auto snat = effective_snat(config, networks, server, &pool, {origin, networks.vlan_of(origin)});
    const auto rule = rule_of(config, networks, server, snat, fmt::format("from: [\"{}\"], ", to_string(origin.prefix)));
    if (!rule.empty()) lines.add(fmt::format("{}  - {}", kIndent, rule), *global);
  }
  lines.add(fmt::format("{}  - {{ from: [any], type: none }}", kIndent), server, server.snat.origin);
}

void add_snat(Lines& lines, const Config& config, const Networks& networks, const Virtual& server) {
  const auto& pool = *config.pools.find(server.pool.value);
  const bool has_own = server.snat.value.type != SnatType::none;
  if (!has_own && pool.allows_snat.value && !global_snats_of(config, server.destination.value->network).empty()) return add_global(lines, config, networks, server, pool);
  const auto snat = effective_snat(config, networks, server, &pool, {server.source.value, {}});
  const auto rule = rule_of(config, networks, server, snat, "");
  if (rule.empty())
    lines.comment(std::string(kIndent) + "snat: the configuration does not settle it, so nothing is promised");
  else
    lines.add(fmt::format("{}snat: {}", kIndent, rule), *snat.decided_by, snat.origin);
}

void add_persistence(Lines& lines, const Config& config, const Virtual& server) {
  for (const auto& persistence : server.persistence)
    if (config.profile_type(persistence.value) == "source-addr") {
      lines.add(std::string(kIndent) + "persistence: source", server, persistence.origin);
      return;
    }
}

}  // namespace

void add_promises(Lines& lines, const Config& config, const Networks& networks, const Virtual& server) {
  lines.add("        expect:");
  const bool is_direct = !server.translates_address.value;
  lines.add(fmt::format("{}return_path: {}", kIndent, is_direct ? "direct" : "through_load_balancer"), server, server.translates_address.origin);
  const auto found = overrides(config, server);
  if (!found.empty())
    lines.add(fmt::format("{}# snat: {} decides, so nothing is promised", kIndent, found.front().what), *found.front().object, found.front().origin);
  else if (!is_direct)
    add_snat(lines, config, networks, server);
  add_tls(lines, config, server);
  add_persistence(lines, config, server);
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/predict/legs.hpp"

namespace hairpin::f5 {
namespace {

bool is_on(const Value<Text>& db) { return db.value.empty() || db.value == "enable"; }

LastHop by_db(const Config& config) {
  const auto setting = config.db("connection.autolasthop");
  return {is_on(setting), nullptr, setting.origin};
}

LastHop by_vlan(const Config& config, const Vlan& vlan) {
  if (vlan.auto_lasthop.value == Switch::by_default) return by_db(config);
  return {vlan.auto_lasthop.value == Switch::enabled, &vlan, vlan.auto_lasthop.origin};
}

/// A self IP whose VLAN is in no file; null: all are.
const SelfAddress* on_unknown_vlan(const Config& config) {
  const auto found = std::ranges::find_if(config.selfs, [&](const SelfAddress& self) { return !config.vlans.find(self.vlan.value); });
  return found == config.selfs.end() ? nullptr : &*found;
}

PathVerdict by_routes(const PathCase& c, const LastHop& hop, Why& why) {
  const auto way = c.networks.way_to({c.sender.network.prefix.network, c.sender.network.route_domain});
  if (way.is_connected() && holds(way.network->prefix, c.sender.network)) {
    why.add(hop.object, hop.origin, [] { return std::string("auto-lasthop is off; the source is in a connected network, so replies reach it directly"); });
    return PathVerdict::symmetric;
  }
  why.add(hop.object, hop.origin, [&] {
    if (way.is_connected())
      return fmt::format("auto-lasthop is off, and only a part of the source is in the connected network {}: replies to the rest go by routes",
                         to_string(way.network->prefix));
    if (way.is_dropped()) return fmt::format("auto-lasthop is off, and the route {} drops replies to the source", shown(way.route->name));
    if (way.route)
      return fmt::format("auto-lasthop is off: replies go by the route {}, whichever router the connection came from", shown(way.route->name));
    return std::string("auto-lasthop is off, and no route leads to the source: replies to it have no way");
  });
  return PathVerdict::needs_probe;
}

}  // namespace

LastHop last_hop_of(const Config& config, const Virtual& server, const Sender& sender) {
  const auto& setting = server.auto_lasthop;
  if (setting.value != Switch::by_default) return {setting.value == Switch::enabled, &server, setting.origin};
  if (!sender.vlan.empty()) {
    const auto* vlan = config.vlans.find(sender.vlan);
    return vlan ? by_vlan(config, *vlan) : LastHop{std::nullopt, nullptr, {}};
  }
  if (const auto* self = on_unknown_vlan(config)) return {std::nullopt, self, self->vlan.origin};
  const auto general = by_db(config);
  for (const auto& vlan : config.vlans) {
    const auto here = by_vlan(config, vlan);
    if (here.is_kept != general.is_kept) return {std::nullopt, &vlan, vlan.auto_lasthop.origin};
  }
  return general;
}

PathVerdict client_leg(const PathCase& c, Why why) {
  if (!c.server.last_hop_pool.value.empty()) {
    why.add(&c.server, c.server.last_hop_pool.origin, [&] {
      return fmt::format("replies to the source go to a router of last-hop-pool {}", shown(c.server.last_hop_pool.value));
    });
    return PathVerdict::needs_probe;
  }
  const auto hop = last_hop_of(c.config, c.server, c.sender);
  if (!hop.is_kept) {
    why.add(hop.object, hop.origin, [&] {
      if (!c.sender.vlan.empty()) return fmt::format("the VLAN {} of the source is in none of the files: whether auto-lasthop is on there is not known", shown(c.sender.vlan));
      return std::string("auto-lasthop differs by VLAN or a VLAN is in none of the files, and the VLAN of the source is not known");
    });
    return PathVerdict::needs_probe;
  }
  if (!*hop.is_kept) return by_routes(c, hop, why);
  why.add(hop.object, hop.origin, [] { return std::string("auto-lasthop: replies to the source go to the MAC that its SYN came from"); });
  return PathVerdict::symmetric;
}

}  // namespace hairpin::f5

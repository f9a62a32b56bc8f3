// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/predict/legs.hpp"
#include "topology/predict/route_domains.hpp"

namespace hairpin::f5 {
namespace {

PathVerdict heavier(PathVerdict left, PathVerdict right) { return std::min(left, right); }

/// Why the VIP as destination does not get to the member.
std::string no_direct_way(const PathCase& c, const Way& way) {
  const auto member = to_string(*c.member.address.value);
  if (c.networks.selfs().empty()) return "the files have no self IP (bigip_base.conf has them): whether the member is in a connected network is not known";
  if (way.route) return fmt::format("the member {} is behind the route {}: its router gets the VIP as destination, and sends it back", member, shown(way.route->name));
  return fmt::format("no connected network has the member {}: the VIP as destination does not get there", member);
}

/// Members hold the VIP themselves and answer the source: nothing of the reply crosses the load balancer.
PathVerdict direct_return(const PathCase& c, const EffectiveSnat& snat, Why& why) {
  const auto& setting = c.server.translates_address;
  why.add(&c.server, setting.origin, [&] {
    return std::string("translate-address disabled: the member gets the VIP as destination and answers the source itself (nPath)");
  });
  if (snat.kind != SnatKind::none) {
    why.add(snat.decided_by, snat.origin, [] { return std::string("… and SNAT besides: the two contradict each other"); });
    return PathVerdict::unknown;
  }
  const auto way = c.networks.way_to(*c.member.address.value);
  if (!way.is_connected()) {
    why.add(way.route, {}, [&] { return no_direct_way(c, way); });
    return PathVerdict::unknown;
  }
  const auto port = c.server.destination.value ? c.server.destination.value->port : 0;
  if (!c.server.translates_port.value || port == 0 || c.member.port == 0 || c.member.port == port) return PathVerdict::dsr_by_design;
  why.add(&c.server, c.server.translates_port.origin, [&] {
    return fmt::format("… and translate-port enabled: the member answers from its port {}, and the source asked port {}", c.member.port, port);
  });
  return PathVerdict::asymmetric_certain;
}

/// Why nothing can be said of a path, before anything else is asked.
struct NotKnown {
  std::string why;
  const Object* object = nullptr;
  Origin origin;
};

std::optional<NotKnown> unknown_address(const PathCase& c) {
  const auto& address = c.member.address.value;
  const auto because = [&](std::string why) { return NotKnown{std::move(why), &c.pool, c.member.origin}; };
  if (!address && !c.member.fqdn.value.empty())
    return because(fmt::format("the member is the name {}, whose addresses no configuration has", shown(c.member.fqdn.value)));
  if (!address) return because(fmt::format("the address of the member {} is not known", shown(c.member.key)));
  if (address->address.family != c.sender.network.prefix.network.family)
    return because(fmt::format("{} and the source are of two families", to_string(*address)));
  return {};
}

/// What begins or ends at the BIG-IP itself goes by rules of its own.
std::optional<NotKnown> at_the_box(const PathCase& c) {
  const auto& member = *c.member.address.value;
  if (const auto* holder = c.networks.holder_of(member))
    return NotKnown{fmt::format("the member {} is an address of this BIG-IP itself: where its connections go on to, and as whom, is decided there", to_string(member)),
                    holder, holder->origin};
  const auto& source = c.sender.network;
  const auto* own = is_host(source) ? c.networks.holder_of({source.prefix.network, source.route_domain}) : nullptr;
  if (own) return NotKnown{fmt::format("the source {} is an address of this BIG-IP itself: how its own connections pass is not documented", to_string(source)), own, own->origin};
  return {};
}

std::optional<NotKnown> no_way(const PathCase& c) {
  const auto& member = *c.member.address.value;
  const auto own = c.server.destination.value ? c.server.destination.value->network.route_domain : member.route_domain;
  if (const auto crosses = crossing(c.config, own, member.route_domain); crosses != Crossing::open)
    return NotKnown{crosses == Crossing::strict
                        ? fmt::format("route domain {} is strict: it hands nothing to the member {}, and connections to it fail", own, to_string(member))
                        : fmt::format("no file says whether route domain {} hands connections to the member {}", own, to_string(member)),
                    route_domain(c.config, own), {}};
  const auto way = c.networks.way_to(member);
  if (way.is_dropped())
    return NotKnown{fmt::format("the route {} drops what goes to the member {}", shown(way.route->name), to_string(member)), way.route, way.route->is_blackhole.origin};
  return {};
}

std::optional<NotKnown> not_known_of(const PathCase& c) {
  if (auto found = unknown_address(c)) return found;
  if (auto found = at_the_box(c)) return found;
  return no_way(c);
}

/// A network as destination that stays in the packet: the members are routers or transparent devices on the way to it.
PathVerdict by_routers(const PathCase& c, Why& why) {
  why.add(&c.server, c.server.translates_address.origin, [&] {
    return fmt::format("the destination is a network and stays as it is: {} is a router on the way, and by which way replies come back no BIG-IP configuration says",
                       to_string(*c.member.address.value));
  });
  return PathVerdict::needs_probe;
}

bool is_network(const Virtual& server) { return server.destination.value && !is_host(server.destination.value->network); }

PathVerdict both_legs(const PathCase& c, const EffectiveSnat& snat, const TranslatedSet& set, Why& why) {
  if (!c.server.translates_address.value && !is_network(c.server)) return direct_return(c, snat, why);
  if (snat.kind == SnatKind::unknown) return PathVerdict::unknown;
  if (!c.server.translates_address.value) return by_routers(c, why);
  const auto back = snat.kind == SnatKind::none ? untranslated_leg(c, why) : translated_leg(c, set, why);
  return heavier(back, client_leg(c, why));
}

void add_nat(const PathCase& c, Prediction& path, Why& why) {
  const auto& network = c.sender.network;
  if (!is_host(network)) return;
  const auto* nat = c.networks.nat_of({network.prefix.network, network.route_domain});
  if (!nat) return;
  why.add(nat, nat->originating.origin,
          [] { return std::string("a NAT of the source's address exists: whether it acts on these connections is not certain"); });
  if (path.snat == SnatKind::none) path.verdict = PathVerdict::unknown;
}

void apply_overrides(const PathCase& c, Prediction& path, Why& why) {
  path.without_rules = path.verdict;
  const auto found = overrides(c.config, c.server);
  if (found.empty()) return;
  path.verdict = PathVerdict::unknown;
  for (const auto& each : found) {
    if (path.overridden_by.empty() || path.overridden_by.back() != each.object) path.overridden_by.push_back(each.object);
    why.add(each.object, each.origin, [&] { return fmt::format("may change it: {}", each.what); });
  }
  if (std::any_of(found.begin(), found.end(), [](const Override& each) { return each.is_about_snat; })) {
    path.snat = SnatKind::unknown;
    path.seen_as.clear();
  }
}

}  // namespace

std::string_view to_string(PathVerdict verdict) {
  switch (verdict) {
    case PathVerdict::symmetric:
      return "symmetric";
    case PathVerdict::asymmetric_certain:
      return "asymmetric-certain";
    case PathVerdict::asymmetric_likely:
      return "asymmetric-likely";
    case PathVerdict::dsr_by_design:
      return "dsr-by-design";
    case PathVerdict::needs_probe:
      return "needs-probe";
    case PathVerdict::unknown:
      return "unknown";
  }
  return "";
}

Origin place_of(const Reason& reason) {
  if (reason.origin || !reason.object) return reason.origin;
  return reason.object->origin;
}

Prediction predict_path(const Config& config, const Networks& networks, const Known& known, const Virtual& server,
                        const Pool& pool, const Member& member, const Sender& sender, bool is_explained) {
  const PathCase c{config, networks, known, server, pool, member, sender};
  Prediction path;
  path.server = &server;
  path.pool = &pool;
  path.member = &member;
  path.network = sender.network;
  Why why = is_explained ? Why(path.reasons) : Why();
  if (auto unknown = not_known_of(c)) {
    path.snat = SnatKind::unknown;  // nobody has looked
    why.add(unknown->object, unknown->origin, [&] { return unknown->why; });
    return path;
  }
  const auto snat = effective_snat(config, networks, server, &pool, sender, why);
  const auto set = translated(config, networks, server, snat, *member.address.value, why);
  path.snat = snat.kind;
  for (const auto& each : set.addresses) path.seen_as.push_back(each.address);
  path.verdict = both_legs(c, snat, set, why);
  add_nat(c, path, why);
  apply_overrides(c, path, why);
  return path;
}

}  // namespace hairpin::f5

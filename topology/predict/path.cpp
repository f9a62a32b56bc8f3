// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/predict/legs.hpp"

namespace hairpin::f5 {
namespace {

PathVerdict heavier(PathVerdict left, PathVerdict right) { return std::min(left, right); }

/// Members hold the VIP themselves and answer the source: nothing of the reply crosses the load balancer.
PathVerdict direct_return(const PathCase& c, const EffectiveSnat& snat, Why& why) {
  const auto& setting = c.server.translates_address;
  why.add(&c.server, setting.origin, [&] {
    return std::string("translate-address disabled: the member gets the VIP as destination and answers the source itself (nPath)");
  });
  if (snat.kind == SnatKind::none) return PathVerdict::dsr_by_design;
  why.add(snat.decided_by, snat.origin, [] { return std::string("… and SNAT besides: the two contradict each other"); });
  return PathVerdict::unknown;
}

std::optional<std::string> not_known_of(const PathCase& c) {
  const auto& address = c.member.address.value;
  if (!address && !c.member.fqdn.value.empty())
    return fmt::format("the member is the name {}, whose addresses no configuration has", shown(c.member.fqdn.value));
  if (!address) return fmt::format("the address of the member {} is not known", shown(c.member.key));
  if (address->address.family != c.sender.network.prefix.network.family)
    return fmt::format("{} and the source are of two families", to_string(*address));
  return {};
}

PathVerdict both_legs(const PathCase& c, const EffectiveSnat& snat, const TranslatedSet& set, Why& why) {
  if (!c.server.translates_address.value) return direct_return(c, snat, why);
  if (snat.kind == SnatKind::unknown) return PathVerdict::unknown;
  const auto back = snat.kind == SnatKind::none ? untranslated_leg(c, why) : translated_leg(c, set, why);
  return heavier(back, client_leg(c, why));
}

void add_nat(const PathCase& c, Prediction& path, Why& why) {
  const auto& network = c.sender.network;
  if (network.prefix.length != network.prefix.network.size() * 8) return;
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
  for (const auto& each : found)
    why.add(each.object, each.origin, [&] { return fmt::format("may change it: {}", each.what); });
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
    why.add(&pool, member.origin, [&] { return *unknown; });
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

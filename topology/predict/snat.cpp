// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/snat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

/// The global SNATs that may be for a sender: those that surely are, and whether others are only for a part of it.
struct GlobalMatch {
  const GlobalSnat* snat = nullptr;
  bool is_certain = true;
  const Object* doubt = nullptr;  ///< the object because of which it is not certain
  std::string why;
};

/// Whether the sender's packets come in where the SNAT acts.
enum class Listens { yes, no, unknown };
Listens listens(const VlanScope& scope, Name vlan) {
  if (scope.vlans.empty()) return Listens::yes;
  if (vlan.empty()) return Listens::unknown;
  return scope.listens_on(vlan) ? Listens::yes : Listens::no;
}

void consider(GlobalMatch& match, const GlobalSnat& snat, const Sender& sender) {
  const auto at = listens(snat.vlans, sender.vlan);
  if (at == Listens::no) return;
  if (at == Listens::unknown) {
    match.is_certain = false;
    match.doubt = &snat;
    match.why = "it acts on some VLANs only, and the VLAN of the source is not known";
  } else if (match.snat && match.snat != &snat) {
    match.is_certain = false;
    match.doubt = &snat;
    match.why = "several global SNATs cover the source";
  } else {
    match.snat = &snat;
  }
}

GlobalMatch global_snat_for(const Networks& networks, const Sender& sender) {
  GlobalMatch match;
  networks.global_snats().each_holding(sender.network, [&](const RoutedPrefix&, const auto& snats) {
    for (const auto* snat : snats) consider(match, *snat, sender);
    return match.is_certain;
  });
  networks.global_snats().each_within(sender.network, [&](const RoutedPrefix& part, const auto& snats) {
    match.is_certain = false;
    match.doubt = snats.front();
    match.why = fmt::format("it covers only {} of the source", to_string(part));
    return false;
  });
  return match;
}

SnatKind kind_of(SnatType type) {
  switch (type) {
    case SnatType::none:
      return SnatKind::none;
    case SnatType::automap:
      return SnatKind::automap;
    case SnatType::pool:
      return SnatKind::pool;
    case SnatType::lsn:
    case SnatType::unknown:
      return SnatKind::unknown;
  }
  return SnatKind::unknown;
}

std::string_view or_default(Origin origin) { return origin ? "" : " (the default)"; }

EffectiveSnat of_global(const GlobalSnat& snat, Why& why) {
  const bool is_translation = !snat.translation.value.empty();
  const auto kind = is_translation ? SnatKind::translation : kind_of(snat.snat.value.type);
  why.add(&snat, snat.snat.origin, [&] {
    return fmt::format("the virtual server has no SNAT of its own, and the global SNAT {} covers the source", shown(snat.name));
  });
  return {kind, snat.snat.value.pool, &snat, &snat, snat.snat.origin};
}

EffectiveSnat unknown(const Object& object, Origin origin) { return {SnatKind::unknown, {}, nullptr, &object, origin}; }

/// `sys db snat.anyipprotocol`: a SNAT object is for TCP and UDP unless it says otherwise; what others get is not documented,
/// so neither is what a virtual server of every protocol gets.
bool is_for_protocol_of(const Config& config, const Virtual& server) {
  constexpr std::array<Text, 3> kTranslated = {"tcp", "udp", "icmp"};
  return std::ranges::find(kTranslated, server.ip_protocol.value) != kTranslated.end() || config.db("snat.anyipprotocol").value == "enable";
}

EffectiveSnat without_own(const Config& config, const Networks& networks, const Virtual& server, const Sender& sender, Why& why) {
  const auto match = global_snat_for(networks, sender);
  if (!match.is_certain) {
    why.add(match.doubt, {}, [&] {
      return fmt::format("the virtual server has no SNAT of its own, and whether the global SNAT {} translates is not certain: {}",
                         shown(match.doubt->name), match.why);
    });
    return unknown(*match.doubt, match.doubt->origin);
  }
  if (match.snat && !is_for_protocol_of(config, server)) {
    why.add(match.snat, {}, [&] {
      return fmt::format("whether the global SNAT {} translates {} is not documented (sys db snat.anyipprotocol)", shown(match.snat->name), shown(server.ip_protocol.value));
    });
    return unknown(*match.snat, match.snat->origin);
  }
  if (match.snat) return of_global(*match.snat, why);
  return {SnatKind::none, {}, nullptr, &server, server.snat.origin};
}

/// FastHTTP shares connections to members among clients; null: none.
const ProfileUse* fast_http_of(const Config& config, const Virtual& server) {
  const auto found = std::ranges::find_if(server.profiles, [&](const ProfileUse& use) { return config.profile_type(use.profile.value) == "fasthttp"; });
  return found == server.profiles.end() ? nullptr : &*found;
}

EffectiveSnat of_virtual(const Virtual& server, Why& why) {
  const auto& setting = server.snat;
  why.add(&server, setting.origin, [&] {
    if (setting.value.type == SnatType::lsn) return std::string("an LSN pool translates: which address it takes is not in this configuration");
    if (setting.value.type == SnatType::unknown) return std::string("the type of source-address-translation is not understood");
    return setting.value.type == SnatType::automap ? std::string("source-address-translation automap")
                                                   : "source-address-translation of the SNAT pool " + shown(setting.value.pool);
  });
  return {kind_of(setting.value.type), setting.value.pool, nullptr, &server, setting.origin};
}

}  // namespace

EffectiveSnat effective_snat(const Config& config, const Networks& networks, const Virtual& server, const Pool* pool,
                             const Sender& sender, Why why) {
  const bool has_own = server.snat.value.type != SnatType::none;
  if (!has_own)
    why.add(&server, server.snat.origin, [&] {
      return fmt::format("source-address-translation none{}", or_default(server.snat.origin));
    });
  if (const auto* fast = has_own ? nullptr : fast_http_of(config, server)) {
    why.add(&server, fast->profile.origin, [] { return std::string("a fasthttp profile without SNAT: whether it takes an address of its own is not known"); });
    return unknown(server, fast->profile.origin);
  }
  if (!pool || pool->allows_snat.value) return has_own ? of_virtual(server, why) : without_own(config, networks, server, sender, why);
  if (has_own) {
    why.add(pool, pool->allows_snat.origin, [&] {
      return fmt::format("the pool's allow-snat no overrides the virtual server's source-address-translation: members see the source itself");
    });
    return {SnatKind::none, {}, nullptr, pool, pool->allows_snat.origin};
  }
  const auto match = global_snat_for(networks, sender);
  if (!match.snat && match.is_certain) return {SnatKind::none, {}, nullptr, &server, server.snat.origin};
  why.add(pool, pool->allows_snat.origin,
          [] { return std::string("a global SNAT covers the source and the pool says allow-snat no: which of them wins is not documented"); });
  return unknown(*pool, pool->allows_snat.origin);
}

}  // namespace hairpin::f5

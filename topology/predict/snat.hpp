// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/predict/networks.hpp"
#include "topology/predict/reason.hpp"

/// Which source address a member sees: the first of iRule or policy, virtual server, pool, global SNAT that decides it.
namespace hairpin::f5 {

BOOST_DEFINE_ENUM_CLASS(SnatKind, none, automap, pool, translation, unknown)

/// Who sends to a virtual server, as its configuration knows them.
struct Sender {
  RoutedPrefix network;
  Name vlan;  ///< that its packets come in by; empty: not known
};

struct EffectiveSnat {
  SnatKind kind = SnatKind::none;
  Name snat_pool;                        ///< of kind pool
  const GlobalSnat* global = nullptr;    ///< that decided it
  const Object* decided_by = nullptr;    ///< virtual server, pool or global SNAT
  Origin origin;
};

/// Without iRules and policies. `pool` is null where the virtual server has none.
EffectiveSnat effective_snat(const Config& config, const Networks& networks, const Virtual& server, const Pool* pool,
                             const Sender& sender, Why why = {});

/// What in a virtual server's iRules and policies may send a connection elsewhere or change its source address; empty:
/// nothing does. An iRule that is in no file may do anything.
struct Override {
  const Object* object = nullptr;  ///< rule, policy, or the virtual server that names what is missing
  Origin origin;
  std::string what;                ///< "snatpool /Common/p in CLIENT_ACCEPTED"
  bool is_about_snat = false;
};
/// A command of an iRule for a report: its argument only where that is the plain name of an object, else "[…]" – what a rule
/// has in words and code may be secret.
std::string shown(const RuleAct& act);
std::vector<Override> overrides(const Config& config, const Virtual& server);

/// An address that connections may arrive from at the member.
struct Translated {
  RoutedAddress address;
  const Object* object = nullptr;  ///< self IP or translation; null: the snatpool names an address that is no object
  Name traffic_group;              ///< empty: not known
  bool answers_arp = true;
  bool is_floating = true;
};
struct TranslatedSet {
  std::vector<Translated> addresses;  ///< empty: not known, and the reasons say why
  bool is_certain = true;             ///< false: some of them may never be used (the order is not documented)
};
/// Automap selection (F5 K7336; beyond "floating, on the VLAN towards the member" it is not documented) or the addresses of
/// the SNAT pool or translation, of the member's family and route domain.
TranslatedSet translated(const Config& config, const Networks& networks, const Virtual& server, const EffectiveSnat& snat,
                         const RoutedAddress& member, Why why = {});

/// The traffic group of a virtual server's address.
Name traffic_group_of(const Config& config, const Virtual& server);

/// Whether a self IP is always on the unit that has the virtual server.
bool moves_with(const Config& config, const Networks& networks, const SelfAddress& self, const Virtual& server);

inline constexpr Name kLocalOnly = "/Common/traffic-group-local-only";

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/predict/predict.hpp"

namespace hairpin::f5 {

/// What the judgement of one leg needs.
struct PathCase {
  const Config& config;
  const Networks& networks;
  const Known& known;
  const Virtual& server;
  const Pool& pool;
  const Member& member;
  const Sender& sender;
};

/// Member → load balancer, where connections arrive with the source's own address.
PathVerdict untranslated_leg(const PathCase& c, Why why);
/// Member → load balancer, where connections arrive with one of `set`.
PathVerdict translated_leg(const PathCase& c, const TranslatedSet& set, Why why);
/// Load balancer → source.
PathVerdict client_leg(const PathCase& c, Why why);

/// auto-lasthop as it is in effect: the virtual server's, else the VLAN's, else the system's.
struct LastHop {
  std::optional<bool> is_kept;     ///< empty: it depends on the VLAN, which is not known
  const Object* object = nullptr;  ///< that decides it
  Origin origin;
};
LastHop last_hop_of(const Config& config, const Virtual& server, const Sender& sender);

}  // namespace hairpin::f5

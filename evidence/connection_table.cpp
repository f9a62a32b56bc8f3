// SPDX-License-Identifier: Apache-2.0
// The balancer's own connection table: which of its entries is which trip, and which packets are that entry's server leg.
#include <algorithm>

#include "evidence/correlator.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::seconds kIdleUnit{1};  ///< idle times are whole seconds

/// What says more of the server side; the later of two that say as much.
bool says_more(const ConnectionObservation& entry, const ConnectionObservation* known) {
  if (!known) return true;
  if (entry.member.has_value() != known->member.has_value()) return entry.member.has_value();
  return entry.time >= known->time;
}

}  // namespace

/// By the tuple of the client leg. A port that was used again is told apart by time: the entry's last packet is not older than
/// its trip, and no later trip had begun by then.
void Correlator::match_entries() {
  std::unordered_multimap<Tuple, Trip*> by_client_leg;
  for (auto& trip : trips_)
    if (!trip.is_direct() && trip.probe->local) by_client_leg.emplace(Tuple{*trip.probe->local, trip.probe->target.endpoint}, &trip);
  for (const auto& entry : observations_.connections) {
    const auto [begin, end] = by_client_leg.equal_range(Tuple{entry.client, entry.virtual_server});
    Trip* owner = nullptr;
    for (auto it = begin; it != end; ++it) {
      const auto& host = it->second->probe->host;
      const auto began = on_common_clock(host, it->second->probe->started) - kSlack - clock_margin(host, {});
      const bool may_be = began <= entry.time - std::chrono::seconds(entry.idle_s) + kIdleUnit;
      if (may_be && (!owner || owner->probe->started < it->second->probe->started)) owner = it->second;
    }
    if (owner && says_more(entry, owner->entry)) owner->entry = &entry;
  }
}

/// The balancer says with which tuple it asked which member: a capture's flow with it, at that time, is the server leg.
void Correlator::match_by_entry(Trip& trip) {
  if (!trip.entry || !trip.entry->as || !trip.entry->member || !trip.server_leg.empty()) return;
  const auto [begin, end] = by_tuple_.equal_range(Tuple{*trip.entry->as, *trip.entry->member});
  for (auto it = begin; it != end; ++it) {
    const auto& flow = *it->second;
    if (!mentions(trip, flow) && is_server_side(trip, flow) && is_within(trip, *flow.packets.front()))
      claim(trip, flow, MatchKey::connection_table);
  }
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/member_sessions.hpp"

#include <algorithm>
#include <set>

#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

bool gives_session(const Trip& trip) { return trip.probe->details && trip.probe->details->tickets > 0; }

/// Trips come in the order in which they were made, each session before the connections that show it.
void gather(const Case& c, const PlannedSource& planned, VipSessions& all) {
  const Trip* first = nullptr;
  for (const auto& trip : c.trips) {
    const bool is_first = trip.probe->question == TlsQuestion::member_session;
    if (!is_through(trip, planned) || !(is_first || trip.probe->question == TlsQuestion::member_resumed)) continue;
    const bool is_done = has_shaken_hands(*trip.probe);
    if (is_first) first = is_done ? &trip : nullptr;
    if (!is_done) all.lost.push_back(&trip);
    if (!is_done || !first) continue;
    if (is_first)
      all.first.push_back(&trip);
    else if (gives_session(*first))
      all.shown.push_back({first, &trip});
    if (!all.mode) all.mode = mode_of(trip);
  }
}

}  // namespace

bool VipSessions::has_sessions() const {
  return std::any_of(first.begin(), first.end(), [](const Trip* trip) { return gives_session(*trip); });
}

std::vector<VipSessions> sessions_of(const Case& c) {
  std::vector<VipSessions> all;
  for (const auto& pair : pairs_of(c)) {
    if (!pair.is_first_of_source) continue;
    VipSessions sessions;
    sessions.subject = pair.source_subject();
    sessions.subject.source.clear();
    sessions.expect = &pair.server->expect;
    sessions.members = pair.planned->members;
    gather(c, *pair.planned, sessions);
    const auto known = std::find_if(all.begin(), all.end(), [&](const VipSessions& other) { return other.subject == sessions.subject; });
    if (known == all.end())
      all.push_back(std::move(sessions));
    else if (known->first.empty())
      *known = std::move(sessions);
  }
  return all;
}

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "evidence/trip.hpp"
#include "topology/plan.hpp"

namespace hairpin::test {

inline Endpoint at(const char* text) { return *parse_endpoint(text); }

/// A plan with the VIP 10.137.2.11:444 and members oc01 … in front of the sources that are named.
inline Plan plan_of(const std::vector<std::string>& sources, const std::vector<std::string>& members) {
  Plan plan;
  for (const auto& source : sources)
    plan.sources.push_back({source,
                            "pool01",
                            "mcu",
                            at("10.137.2.11:444"),
                            members,
                            std::max(kSettledTrips, attempts_to_cover(members.size())),
                            {}});
  return plan;
}

/// Probe observations that stay where they are, and trips that point to them.
class Trips {
 public:
  /// `started` and `took` in ms.
  Trip& add(const std::string& source, const std::string& member, End end, int started, int took = 10) {
    auto& probe = probes_.emplace_back();
    probe.host = source;
    probe.depth = Depth::http;
    probe.target = {"pool01", "mcu", {}, at("10.137.2.11:444")};
    probe.started = WallTime(milliseconds(started));
    probe.ended = probe.started + milliseconds(took);
    probe.end = end;
    auto& trip = all.emplace_back();
    trip.probe = &probe;
    trip.member = member;
    return trip;
  }
  Trip& add_direct(const PlannedDirect& direct, End end, int started) {
    auto& trip = add(direct.source, direct.member, end, started);
    probes_.back().target.member = direct.member;
    probes_.back().target.endpoint = direct.endpoint;
    return trip;
  }
  Trip& add_idle(const std::string& source, const std::string& member, End end, int started) {
    auto& trip = add(source, member, end, started);
    probes_.back().idled = milliseconds(5'000);
    return trip;
  }
  /// Through the VIP, or directly where `direct` is given.
  Trip& add_question(const std::string& source, const std::string& member, const PlannedDirect* direct = nullptr) {
    auto& trip = direct ? add_direct(*direct, End::answered, 0) : add(source, member, End::answered, 0);
    probes_.back().question = TlsQuestion::usual;
    return trip;
  }
  std::vector<Trip> all;

 private:
  std::deque<ProbeObservation> probes_;
};

}  // namespace hairpin::test

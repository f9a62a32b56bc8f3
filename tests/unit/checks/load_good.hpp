// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/load/judge.hpp"

namespace hairpin::checks {

/// A load of 1,000/s for ten seconds that kept every rule.
inline LoadObservation good() {
  LoadObservation load;
  load.host = "client1";
  load.target = {"pool01", "mcu", {}, *parse_endpoint("10.137.2.11:444")};
  load.shape.arrivals = Arrivals::constant;
  load.shape.rate = 1000;
  load.sustained.attempted = load.sustained.completed = 10'000;
  load.sustained.established = load.sustained.connections = load.sustained.alive = 10'000;
  load.counts = load.sustained;
  load.shape.connections = 50;
  load.shape.phases = {milliseconds(0), milliseconds(2'000), milliseconds(10'000), milliseconds(0)};
  load.members = {{"oc01", 6'000}, {"oc02", 4'000}};
  load.health.threads = 2;
  load.health.sustained = std::chrono::seconds(10);
  load.health.cpu = std::chrono::seconds(10);
  load.health.lateness_us = 400;
  for (std::uint32_t second = 0; second < 12; ++second) {
    LoadSecond one;
    one.second = second;
    one.phase = second < 2 ? LoadPhase::ramp_up : LoadPhase::sustain;
    one.attempted = one.completed = second < 2 ? 300 : 1000;
    one.open = 50;
    load.seconds.push_back(one);
  }
  return load;
}

/// What a member says that served all of it.
inline std::vector<ServedLoad> served_all(const LoadObservation& load) {
  ServedLoad served;
  served.member = "oc01";
  served.connections = load.counts.connections;
  served.answered = load.counts.completed;
  served.body_bytes = load.counts.body_bytes;
  return {served};
}

inline std::vector<Finding> judged(const LoadObservation& load, LoadRules rules = {}) {
  static const Topology topology;
  return judge_load({topology, load, {load}, rules, served_all(load)});
}

inline Finding verdict(const LoadObservation& load, LoadRules rules = {}) { return judged(load, rules).front(); }

}  // namespace hairpin::checks

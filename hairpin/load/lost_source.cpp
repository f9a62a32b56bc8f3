// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/lost_source.hpp"

namespace hairpin {
namespace {

/// Due is what came to an end: the others are in no account.
void add(LoadTally& into, const LoadSecond& second) {
  into.completed += second.completed;
  into.failed.other += second.failed - second.foreign;
  into.failed.foreign += second.foreign;
  into.shed += second.shed;
  into.attempted += second.completed + second.failed + second.shed;
  into.connections += second.connections;
  into.established += second.established;
  into.handshakes += second.handshakes;
  into.body_bytes += second.body_bytes;
}

}  // namespace

LoadObservation lost_source(const LoadShape& shape, const Target& target, const std::vector<LoadSecond>& seconds) {
  LoadObservation observation;
  observation.target = target;
  observation.shape = shape;
  observation.seconds = seconds;
  observation.stopped = "its agent was lost";
  for (const auto& second : seconds) {
    add(observation.counts, second);
    if (second.phase == LoadPhase::sustain) add(observation.sustained, second);
  }
  return observation;
}

}  // namespace hairpin

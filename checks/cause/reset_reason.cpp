// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/reset_reason.hpp"

#include <fmt/format.h>

namespace hairpin::checks {

const PacketObservation* reset_from_vip(const Trip& trip) {
  const PacketObservation* found = nullptr;
  for (const auto& leg : trip.client_leg) {
    if (leg.flow->host != trip.probe->host) continue;
    for (const auto* packet : leg.flow->packets) {
      const bool is_vips = packet->is_reset() && packet->tuple.source == trip.probe->target.endpoint;
      if (is_vips && (!found || (!found->reset_cause && packet->reset_cause))) found = packet;
    }
  }
  return found;
}

std::string with_reason(std::string observed, const PacketObservation& reset) {
  return reset.reset_cause ? fmt::format("{}, which says \"{}\"", observed, *reset.reset_cause) : observed;
}

std::string with_reason(std::string observed, const Trip& trip) {
  for (const auto* legs : {&trip.client_leg, &trip.server_leg})
    for (const auto& leg : *legs)
      for (const auto* packet : leg.flow->packets)
        if (packet->reset_cause) return with_reason(std::move(observed), *packet);
  return observed;
}

}  // namespace hairpin::checks

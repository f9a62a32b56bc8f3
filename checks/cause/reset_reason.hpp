// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/trip.hpp"

namespace hairpin::checks {

/// The RST that the source got from the VIP itself, the one that says why first; null when its capture saw none.
const PacketObservation* reset_from_vip(const Trip& trip);

/// `observed`, and BIG-IP's own words where a RST of this trip carries them: a quotation, never a verdict.
std::string with_reason(std::string observed, const Trip& trip);

/// The same for one RST.
std::string with_reason(std::string observed, const PacketObservation& reset);

}  // namespace hairpin::checks

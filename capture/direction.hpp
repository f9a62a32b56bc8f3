// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/observation.hpp"

namespace hairpin::capture {

/// Which way a packet passed an interface, by its MAC addresses: `out` from the interface's own, `in` to it.
/// Unknown on loopback, without Ethernet, and for frames that a switch flooded: those are nobody's evidence.
Direction direction_of(const PacketObservation& packet, const InterfaceFacts& interface);

}  // namespace hairpin::capture

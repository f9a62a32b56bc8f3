// SPDX-License-Identifier: Apache-2.0
#include "capture/direction.hpp"

namespace hairpin::capture {

Direction direction_of(const PacketObservation& packet, const InterfaceFacts& interface) {
  if (interface.is_loopback || interface.mac == MacAddress{}) return Direction::unknown;
  // The source first: a frame from ourselves to ourselves left this host.
  if (packet.source_mac == interface.mac) return Direction::out;
  if (packet.destination_mac == interface.mac) return Direction::in;
  return Direction::unknown;
}

}  // namespace hairpin::capture

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "evidence/observation.hpp"

/// Packet observations for tests, in one line each.
namespace hairpin::capture::testing_packets {

inline WallTime at(std::int64_t time_ms) { return WallTime(milliseconds(time_ms)); }

inline Tuple tuple(std::string_view from, std::string_view to) {
  return {parse_endpoint(from).value(), parse_endpoint(to).value()};
}

struct Details {
  std::uint32_t sequence = 0, acknowledgement = 0, payload_bytes = 0;
  Direction direction = Direction::unknown;
  std::optional<std::uint32_t> timestamp_value = {}, timestamp_echo = {};
};

inline PacketObservation seen(std::int64_t time_ms, std::string_view from, std::string_view to, int flags,
                              const Details& details = {}) {
  PacketObservation packet;
  packet.time = at(time_ms);
  packet.tuple = tuple(from, to);
  packet.flags = static_cast<std::uint8_t>(flags);
  packet.sequence = details.sequence;
  packet.acknowledgement = details.acknowledgement;
  packet.payload_bytes = details.payload_bytes;
  packet.direction = details.direction;
  packet.timestamp_value = details.timestamp_value;
  packet.timestamp_echo = details.timestamp_echo;
  return packet;
}

}  // namespace hairpin::capture::testing_packets

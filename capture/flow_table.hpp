// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <optional>
#include <unordered_map>

#include "evidence/observation.hpp"

namespace hairpin::capture {

/// What one end of a connection sent.
struct SentCounters {
  std::uint64_t packets = 0;
  std::uint64_t payload_bytes = 0;  ///< TCP payload by the headers, retransmissions included
  std::uint64_t syns = 0;           ///< with or without ACK
  std::uint64_t resets = 0;
  std::uint64_t fins = 0;
};

/// One TCP connection while it goes on, in numbers; evidence/trip.hpp has the flow with its packets.
struct LiveFlow {
  Tuple tuple;  ///< from its opener; from the first sender while no SYN was seen
  WallTime first{}, last{};
  SentCounters forward, backward;             ///< sent by the opener; by the other end
  std::optional<std::uint32_t> isn;           ///< of the opener's SYN
  std::optional<std::uint32_t> acknowledged;  ///< by the newest SYN-ACK
  std::optional<ClientRandom> client_random;

  bool is_forward(const PacketObservation& packet) const { return packet.tuple == tuple; }
};

/// The connections that packets belong to, both directions together, at most `capacity`: the one that was
/// silent for longest makes room. Connections are told apart by both endpoints, never by a hash of them.
class FlowTable {
 public:
  explicit FlowTable(std::size_t capacity);

  /// Counts a packet. A SYN with another initial sequence number begins the connection anew: the port was
  /// used again. The reference is valid until the next call.
  const LiveFlow& add(const PacketObservation& packet);
  /// The connection with these endpoints, in either order; null when there is none.
  const LiveFlow* find(const Tuple& tuple) const;

  std::size_t size() const { return flows_.size(); }
  std::uint64_t evicted() const { return evicted_; }  ///< connections that had to make room

 private:
  LiveFlow& flow_of(const PacketObservation& packet);

  std::size_t capacity_;
  std::uint64_t evicted_ = 0;
  std::list<LiveFlow> flows_;  ///< the one that was silent for longest is in front
  std::unordered_map<Tuple, std::list<LiveFlow>::iterator>
      by_ends_;  ///< the lower endpoint is the key's source
};

}  // namespace hairpin::capture

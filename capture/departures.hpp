// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>

#include "evidence/observation.hpp"

namespace hairpin::capture {

/// The SYNs that left this host, the newest per tuple: what an answer can be an answer to. Bounded.
class Departures {
 public:
  /// A SYN left.
  void add(const PacketObservation& syn);
  /// A probe of ours dialled: the SYN of this tuple is a trip's, whenever it is seen. Others are other
  /// programs'.
  void expect(const Tuple& tuple);

  bool has_left(const Tuple& tuple) const { return syns_.contains(tuple); }
  bool has_left_from(const Endpoint& local) const;
  /// Whether a SYN-ACK, or a refusal, acknowledges the SYN that left for where it comes from: who was dialled answers.
  bool is_from_whom_it_dialled(const PacketObservation& answer) const;
  /// Whether a SYN-ACK acknowledges a SYN that left from the endpoint to which it comes, whoever was dialled.
  bool is_answer(const PacketObservation& syn_ack) const;
  /// Whether another program dialled `destination` at `since` or later.
  bool has_foreign_to(const Endpoint& destination, WallTime since) const;

 private:
  struct Syn {
    std::optional<std::uint32_t> isn;  ///< absent: expected, not seen yet
    WallTime time{};
    bool is_a_trips = false;
  };
  using Syns = std::map<Tuple, Syn>;
  Syn& at(const Tuple& tuple);
  std::pair<Syns::const_iterator, Syns::const_iterator> from(const Endpoint& local) const;

  Syns syns_;                 ///< ordered by the local endpoint first
  std::deque<Tuple> oldest_;  ///< keys of `syns_` as they came
};

}  // namespace hairpin::capture

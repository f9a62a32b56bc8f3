// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "capture/departures.hpp"
#include "capture/flow_table.hpp"

namespace hairpin::capture {

/// By what the packets at this host decide a trip before any timeout does (docs/architecture.md, matching).
BOOST_DEFINE_ENUM_CLASS(
    Decision,
    third_address,           ///< another end than the one dialled answered the trip's own SYN, also by a RST
    inferred_third_address,  ///< a member answered a SYN that never left this host: a proxy's
    came_back)               ///< a SYN came in with this host's own address as its source

/// Watches the packets of one host while its probes run, and says which trips are decided. It has no clock:
/// time is what the packets say. It would rather say nothing than end a trip for somebody else's packet:
/// direct controls, retransmissions, other programs' connections and what could belong to two trips decide
/// nothing.
class Watch {
 public:
  /// Called once for a trip, with the packet that decided it. It may call `ended`.
  using OnDecided =
      std::function<void(const TripId& trip, Decision decision, const PacketObservation& packet)>;

  /// `own`: every address of this host, on whatever interface. `members`: every member endpoint of the plan.
  Watch(const std::vector<IpAddress>& own, const std::vector<Endpoint>& members, OnDecided on_decided);

  /// A probe dialled `tuple`: to be called before the packets that follow are seen.
  void dialled(const Tuple& tuple, const TripId& trip);
  void ended(const TripId& trip);
  /// Every packet of this host's captures, with its direction, in order of time per interface.
  void see(const PacketObservation& packet);

  const FlowTable& flows() const { return flows_; }

 private:
  struct OpenTrip {
    TripId id;
    Tuple tuple;
    std::optional<std::uint32_t> isn;  ///< of the SYN, once it was seen leaving
    WallTime departed{};
    std::optional<std::uint32_t> first_timestamp,
        last_timestamp;  ///< TSval of the SYN and its retransmissions
    bool is_decided = false;
    bool is_answered_by(const PacketObservation& syn_ack) const;
  };
  struct Judgement {
    OpenTrip* trip = nullptr;
    Decision decision{};
  };

  bool is_own(const Endpoint& endpoint) const { return own_.contains(endpoint.address); }
  bool is_member(const Endpoint& endpoint) const { return members_.contains(endpoint); }
  void note_departure(const PacketObservation& syn);
  Judgement judge_answer(const PacketObservation& syn_ack);
  Judgement judge_arrival(const PacketObservation& syn);
  OpenTrip* trip_behind(const Endpoint& borrowed, WallTime time);

  std::set<IpAddress> own_;
  std::set<Endpoint> members_;
  OnDecided on_decided_;
  std::vector<OpenTrip> trips_;  ///< open, through a VIP
  Departures departures_;
  FlowTable flows_;
};

}  // namespace hairpin::capture

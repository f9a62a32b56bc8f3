// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "evidence/trip.hpp"

namespace hairpin {

/// For so long after somebody else called a VIP, a proxy's connection to a member may be that one's.
inline constexpr std::chrono::seconds kRecent{3};
/// A probe's window at its own host: captures and sockets of one host share a clock, but not an instant.
inline constexpr nanoseconds kSlack = std::chrono::milliseconds(50);

/// The key ladder at work: strong keys for all trips first, then third addresses, then what only time can tell.
/// Flows that a stronger key has claimed are never given to another trip by a weaker one.
class Correlator {
 public:
  Correlator(const Observations& observations, const std::vector<Flow>& flows, const Roster& roster);
  std::vector<Trip> run();

 private:
  // keys 1 to 4 (correlate.cpp)
  void find_client_leg(Trip& trip) const;
  void match_responder(Trip& trip);
  void match_entries();
  void match_server_leg(Trip& trip);
  void match_by_tuple(Trip& trip, const Tuple& tuple, const WallTime* near, MatchKey key);
  void match_by_client_random(Trip& trip);
  void match_by_entry(Trip& trip);
  void match_by_isn(Trip& trip);
  void match_unchanged_tuple(Trip& trip);
  void complete_server_leg(Trip& trip);
  void name_member(Trip& trip) const;

  // the balancer's own table: connection_table.cpp; keys 1 to 4 of the server leg, and completion: server_leg.cpp; key 5: third_address.cpp; key 6: inferred_leg.cpp
  void find_own_tuple_answers(Trip& trip);
  void find_came_back(Trip& trip);
  void find_foreign_syn_acks(Trip& trip);
  void infer_server_leg(Trip& trip);
  std::vector<const Flow*> possible_server_legs(const Trip& trip) const;
  bool never_reached_balancer(const Trip& trip) const;
  void leave_what_keeps_the_port(Trip& trip, std::vector<const Flow*>& candidates) const;
  void find_monitors();

  bool claim(Trip& trip, const Flow& flow, MatchKey key);
  bool is_claimed(const Flow& flow) const { return claimed_.contains(&flow); }
  bool is_member_endpoint(const Trip& trip, const Endpoint& endpoint) const;
  bool is_own_address(const std::string& host, const IpAddress& address) const;
  bool is_within(const Trip& trip, const PacketObservation& packet) const;
  bool is_only_open_trip(const Trip& trip, const PacketObservation& packet) const;
  static void note_doubt(Trip& trip, const PacketObservation& packet);
  bool is_refused_for_doubt(Trip& trip, const Endpoint& opener, const Endpoint& member, const PacketObservation& packet) const;
  bool may_answer_an_own_connection(const std::string& host, const PacketObservation& answer) const;
  bool is_balancers_syn(const PacketObservation& answer) const;
  bool is_undeclared_service(const Endpoint& endpoint) const;
  bool made_answer(const Trip& trip, const Flow& flow) const;
  bool is_server_side(const Trip& trip, const Flow& flow) const;
  bool may_be_anothers(const Trip& trip, const Endpoint& opener, const PacketObservation& packet) const;
  bool may_keep_port(const std::string& host, const Endpoint& local) const;
  std::ptrdiff_t unreported_trips(const PacketObservation& syn) const;
  bool may_serve_another_vip(const Trip& trip, const Endpoint& member, const PacketObservation& packet) const;
  bool is_accounted(const Flow& flow, const PacketObservation& syn) const;
  const PacketObservation* unsolicited_syn_ack(const Flow& flow) const;
  bool is_overheard(const Flow& flow) const;
  bool left(const std::string& host, const PacketObservation& syn) const;
  nanoseconds clock_margin(const std::string& left, const std::string& right) const;
  WallTime on_common_clock(const std::string& host, WallTime time) const;

  const Observations& observations_;
  const std::vector<Flow>& flows_;
  const Roster& roster_;
  std::vector<Trip> trips_;
  std::vector<const Flow*> heard_;  ///< flows that count: not merely flooded past a host
  std::set<std::pair<std::string, Endpoint>> dialled_;  ///< (host, local endpoint) of every probe
  std::set<std::string> reliable_;      ///< hosts of which also what they did not see is evidence
  std::set<IpAddress> monitors_;        ///< addresses of balancers that visited members when no trip was open
  std::map<TripId, const ResponderObservation*> by_trip_id_;
  std::unordered_multimap<Tuple, const Flow*> by_tuple_;
  std::unordered_multimap<Tuple, const ResponderObservation*> by_accepted_;
  std::map<ClientRandom, std::vector<const Flow*>> by_client_random_;
  std::unordered_multimap<std::uint32_t, const Flow*> by_isn_;
  std::unordered_map<std::string, std::vector<const Flow*>> by_host_;
  std::unordered_map<std::string, const AgentFacts*> clocks_;
  std::unordered_map<std::string, std::vector<const Trip*>> trips_of_source_;
  std::unordered_set<const Flow*> claimed_;
};

/// Whether the flow is one of the trip's already.
bool mentions(const Trip& trip, const Flow& flow);
/// The VIP's SYN-ACK reached the source.
bool was_greeted(const Trip& trip);
/// The connection never left its host.
bool stayed_on_loopback(const Flow& flow);
/// The two SYNs are the same packet, seen before and after L4 NAT: ISN, and TSval where both carry it.
bool is_same_syn(const PacketObservation& left, const PacketObservation& right);

}  // namespace hairpin

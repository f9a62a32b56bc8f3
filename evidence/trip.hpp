// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/observation.hpp"

/// Trips: what all vantages saw of one connection attempt, matched by the key ladder (docs/architecture.md).
namespace hairpin {

/// Strongest first. An ambiguous match is refused, never guessed.
BOOST_DEFINE_ENUM_CLASS(MatchKey,
                        trip_id,        ///< the 128 random bits in the request, and the tuple that the responder saw
                        exporter,       ///< TLS exporter value equal at both ends
                        client_random,  ///< ClientHello.random
                        isn,            ///< (client ISN, TSval) of a SYN, through L4 NAT
                        connection_table,  ///< the tuples of both legs in the balancer's own connection table
                        third_address,  ///< a SYN-ACK from a third address, joined by (tuple, ack = ISN+1) or by ISN
                        inferred,       ///< time and order, while one probe at a time runs from that source
                        none)

/// Who is who, by address: what correlation needs of the topology, and no more.
struct Roster {
  std::map<IpAddress, std::string> host_of;               ///< every declared address of every host, VIPs excluded
  std::map<Endpoint, std::vector<Endpoint>> members_of;   ///< VIP endpoint → member endpoints, same family
  std::set<std::string> load_balancers;
  std::map<Endpoint, std::string> balancer_of;            ///< VIP endpoint → the balancer of its pool
  std::map<std::string, std::set<IpAddress>> addresses_of;///< per host, self IPs included
  std::string name_of(const IpAddress& address) const;    ///< empty when unknown
};

/// The packets of one TCP connection at one interface, in order of time. `tuple` points from its opener.
struct Flow {
  std::string host;
  std::string interface;
  Tuple tuple;
  std::vector<const PacketObservation*> packets;

  /// The first packet of which `is_wanted` is true; null when there is none.
  template <class Predicate>
  const PacketObservation* first_that(Predicate is_wanted) const {
    for (const auto* packet : packets)
      if (is_wanted(*packet)) return packet;
    return nullptr;
  }
  const PacketObservation* syn() const;            ///< first SYN from the opener; null when not seen
  const PacketObservation* syn_ack() const;        ///< first SYN-ACK to the opener
  const PacketObservation* first_reset() const;
  bool is_forward(const PacketObservation& packet) const { return packet.tuple == tuple; }
};

/// A flow that belongs to a trip, and how we know.
struct MatchedFlow {
  const Flow* flow = nullptr;
  MatchKey match = MatchKey::none;
};

/// One connection attempt as all vantages saw it. Pointers are into Observations and Flows, which outlive it.
struct Trip {
  const ProbeObservation* probe = nullptr;
  const ResponderObservation* responder = nullptr;
  MatchKey responder_match = MatchKey::none;
  std::vector<MatchedFlow> client_leg;  ///< source ↔ VIP: at the source, at the balancer
  std::vector<MatchedFlow> server_leg;  ///< balancer ↔ member: at the balancer, at the member, at the source if it came there
  const PacketObservation* third_address = nullptr;  ///< SYN-ACK at the source from another address than the one dialled
  MatchKey third_address_match = MatchKey::none;
  const PacketObservation* came_back = nullptr;      ///< the SYN that came back to its sender with its own source address
  MatchKey came_back_match = MatchKey::none;
  const ConnectionObservation* entry = nullptr;      ///< of the balancer's own connection table; the last that it showed
  std::string member;                   ///< host on which it landed; empty when nobody knows
  MatchKey member_match = MatchKey::none;
  bool may_be_monitors = false;         ///< the server leg is inferred, and comes from where the balancer's monitors come from
  std::vector<std::string> ambiguities; ///< matches that were refused, worded
  const PacketObservation* doubtful = nullptr;       ///< came back or came from a third address, for this trip or for another

  bool is_direct() const { return !probe->target.member.empty(); }
  /// The service answered. A proxy that speaks for a service it did not reach (502, 503, 504) is no answer, unless a
  /// responder of ours said it or a member was seen to reply.
  bool is_answered() const;
  /// The flow of a leg at one host; null when that host did not see it.
  const Flow* client_leg_at(const std::string& host) const;
  const Flow* server_leg_at(const std::string& host) const;
};

/// All packets of a run sorted into flows per (host, interface).
std::vector<Flow> sort_into_flows(const std::vector<PacketObservation>& packets);

/// Joins every probe observation with what the other vantages saw of it. `flows` come from the same observations.
std::vector<Trip> correlate(const Observations& observations, const std::vector<Flow>& flows, const Roster& roster);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {

/// Why one trip failed: one cause each, the earliest in the network, so that no symptom is judged as a fault of its own.
struct RootCause {
  std::string_view cause;        ///< empty: the trip succeeded, or it is unresolved
  bool is_unresolved = false;    ///< it failed and the evidence does not say why
  std::string observed;          ///< one line, data: "SYN-ACK from 10.137.2.22:444 (02:00:…)"
  std::string summary;           ///< one sentence with names
  std::vector<Evidence> evidence;

  bool is_good() const { return cause.empty() && !is_unresolved; }
};

/// It failed at a host that the pool does not list: a member that the balancer has and the topology lacks.
bool has_strayed(const Case& c, const Pair& pair, const Trip& trip);

RootCause root_cause(const Case& c, const Pair& pair, const Trip& trip);

/// What the VIP itself did to this trip, whatever stands behind it; no cause where it did nothing that explains the end.
RootCause cause_at_vip(const Case& c, const Pair& pair, const Trip& trip);
/// The member that the trip reached, or did not: its server leg is known.
RootCause cause_behind_vip(const Case& c, const Pair& pair, const Trip& trip);

/// The balancer opened TLS of its own to a member, which refused its client certificate; absent: not as far as members' responders saw.
std::optional<RootCause> refused_balancer(const Case& c, const Pair& pair, const Trip& trip);

/// Whether the trip got what it asked for. Reachability counts these.
bool has_succeeded(const Trip& trip);

// A cause of which the probe's account is the evidence, and a failure that nothing explains.
RootCause simple(std::string_view cause, std::string observed, std::string summary, const Trip& trip);
RootCause unresolved(const Trip& trip, std::string why);

/// The id of the check whose finding carries this cause.
std::string check_of(std::string_view cause);

/// The id of the finding that carries the cause of one of the pair's trips: of the pair, or for loss of its source.
std::string finding_of(std::string_view cause, const Pair& pair);

/// True when the cause is about the VIP or the client leg, whatever member stands behind it.
bool is_before_member(std::string_view cause);

/// The first packet that the member sent back on the server leg, seen at the member; null when it was not seen.
const PacketObservation* member_reply(const Trip& trip, const std::string& member);

/// The member was to answer by hairpin's own responder, which was not running: its silence says nothing of the service.
bool lacks_responder(const Case& c, const std::string& member);
/// Unresolved for want of the responder: what the member's kernel says then is not its service's word.
RootCause without_responder(const Trip& trip);

RootCause member_refused(const Trip& trip, const PacketObservation& reset, MatchKey match);

/// The RST with which a member refused the source's own SYN, come to the source past the balancer; null: none.
const PacketObservation* refusal_past_balancer(const Trip& trip);

/// The first RST that this host made: its capture saw it leave, and did not see it come in before (a router passes RSTs on,
/// a proxy does so from the server leg to the client leg).
const PacketObservation* made_reset(const Trip& trip, const std::string& host);

/// The other end acknowledged this reply: it got there, whoever watched.
bool was_heard(const Flow& flow, const PacketObservation& reply);

/// The balancer received this reply: its capture saw the connection's packets from the member's side.
bool passed_balancer(const Trip& trip, const std::string& balancer);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {

/// The ACK with which the other end answered this flow's SYN before anything else came up: it acknowledges nothing that was sent
/// here, but an earlier connection of the same addresses and ports, which that end has in TIME-WAIT (RFC 9293 §3.10.7.4) or takes for
/// established (challenge ACK, RFC 5961 §4). The caller answers with a RST and sends its SYN again. Null: none was seen.
const PacketObservation* old_connections_ack(const Flow& flow);

/// The trip's SYN was sent again after such an answer.
bool was_delayed_by_old_connection(const Trip& trip);

/// Whose such an ACK in the VIP's name is, as far as captures tell.
enum class Answerer { unknown, load_balancer, stranger };

/// No SYN-ACK came to the source, and such an ACK did.
std::optional<RootCause> old_connection_at_vip(const Case& c, const Pair& pair, const Trip& trip, Answerer answerer);

/// The member answered so, by its own capture or the balancer's, and the ACK was not lost on its way.
std::optional<RootCause> old_connection_at_member(const Case& c, const Pair& pair, const Trip& trip);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {

/// The ACK, without SYN, with which the other end answered this flow's SYN before any SYN-ACK: it acknowledges an earlier
/// connection of the same addresses and ports, which that end still has in TIME-WAIT (RFC 9293 §3.10.7.4) or takes for
/// established (RFC 5961 §4, challenge ACK). The caller answers with a RST and tries again. Null: none was seen.
const PacketObservation* old_connections_ack(const Flow& flow);

/// A SYN-ACK never came, and such an ACK did: on the client leg.
std::optional<RootCause> old_connection_at_vip(const Case& c, const Pair& pair, const Trip& trip);
/// The same at the member, whose capture saw it answer so.
std::optional<RootCause> old_connection_at_member(const Trip& trip);

}  // namespace hairpin::checks

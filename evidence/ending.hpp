// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>

#include "evidence/observation.hpp"

namespace hairpin {

/// What is known of a failed step of a connection, at either end.
struct Failure {
  boost::system::error_code code;
  bool is_end_of_stream = false;        ///< the peer ended in order (FIN, close_notify) too early
  bool has_alert = false;               ///< a fatal TLS alert went either way
  bool is_before_first_packet = false;  ///< connect(2) itself failed: nothing was sent
};

/// The End that a failed step means. ICMP "unreachable" and a next hop that answers no ARP or neighbour
/// solicitation (EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT, EACCES after connect(2) began) are `silent`: the
/// host could try, and nobody at the target said anything. An ICMP port unreachable is ECONNREFUSED to the
/// kernel (net/ipv4/icmp.c, icmp_err_convert), so a socket cannot tell it from a RST: `refused`. What is no
/// error of the system is `garbled`.
End classify(Phase phase, const Failure& failure);

}  // namespace hairpin

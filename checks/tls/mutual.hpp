// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "checks/tls/examined.hpp"

namespace hairpin::checks {

/// What the server does about client certificates, by the connection without one and, where that alone cannot tell, by the
/// one with a certificate. Absent: not known.
std::optional<MutualTls> mutual_tls_of(const Examined& e);

/// By an alert, whatever was asked: also on a trip of the path.
bool is_refused_for_certificate(const ProbeObservation& probe);

/// The id of the finding that the balancer refuses this source's certificate; empty when there is none.
std::string refusal_at_balancer(const Case& c, const Subject& source);

}  // namespace hairpin::checks

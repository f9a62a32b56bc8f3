// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "checks/check.hpp"

namespace hairpin::checks {

/// Where TLS ended, by what both ends know of one connection. The responder has to be known by the trip id: two exporters that
/// differ would join nothing, and one that is equal would prove itself. Absent: not known.
std::optional<TlsMode> mode_of(const Trip& trip);

struct Pair;
/// The id of the source's finding that TLS ends elsewhere than promised; empty: there is none.
std::string mode_difference(const Case& c, const Pair& pair);

/// A responder saw this very ClientHello, although the session did not come to a request: nobody ends TLS between them.
const ResponderObservation* hello_at_responder(const Case& c, const Trip& trip);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "evidence/trip.hpp"
#include "topology/model.hpp"

namespace hairpin::checks {

/// Where TLS ended, by what both ends know of one connection. The responder has to be known by the trip id: two exporters that
/// differ would join nothing, and one that is equal would prove itself. Absent: not known.
std::optional<TlsMode> mode_of(const Trip& trip);

}  // namespace hairpin::checks

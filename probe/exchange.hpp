// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "evidence/observation.hpp"
#include "net/http1.hpp"
#include "probe/probe.hpp"

namespace hairpin::probe {

/// What the probe asks: POST, with the trip id in a header field and in the body.
net::http1::Request request_of(const Order& order);

/// What a responder says to that; absent when the body is no responder's, or about another trip.
std::optional<ResponderAnswer> read_answer(const std::string& body, const TripId& trip);

}  // namespace hairpin::probe

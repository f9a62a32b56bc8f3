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

/// The title of an HTML page, fit for a screen; "" when there is none.
std::string title_of(const std::string& body);

}  // namespace hairpin::probe

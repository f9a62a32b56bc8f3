// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/observation.hpp"
#include "net/http1.hpp"

namespace hairpin::responder {

enum class Speaks { tls, plaintext, neither };

/// What the first byte of a connection says: 22 begins a TLS handshake record (RFC 8446 §5.1), a letter an
/// HTTP method.
Speaks spoken(std::uint8_t first_byte);

/// The trip id of a request; absent when it carries none, two, or something else in its place.
std::optional<TripId> trip_of(const net::http1::Request& request);

/// The values of every field of that name, in their order, fit for a screen; none when the name is empty.
std::vector<std::string> values_of(const net::http1::Request& request, std::string_view name);

/// It is the last one of its connection (RFC 9112 §9.6).
bool says_close(const net::http1::Request& request);

/// The answer to a request: what we saw, when it named a trip (`seen.trip`); otherwise a line that satisfies
/// a monitor.
net::http1::Response answer_to(const net::http1::Request& request, const ResponderObservation& seen);

/// The answer to what is no request.
net::http1::Response refusal_of_request();

}  // namespace hairpin::responder

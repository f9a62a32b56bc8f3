// SPDX-License-Identifier: Apache-2.0
#include "responder/exchange.hpp"

#include <boost/json/serialize.hpp>

#include "base/json.hpp"

namespace hairpin::responder {

using net::http1::Request;
using net::http1::Response;

Speaks spoken(std::uint8_t first_byte) {
  constexpr std::uint8_t kHandshakeRecord = 22;
  if (first_byte == kHandshakeRecord) return Speaks::tls;
  const bool is_letter = (first_byte >= 'A' && first_byte <= 'Z') || (first_byte >= 'a' && first_byte <= 'z');
  return is_letter ? Speaks::plaintext : Speaks::neither;
}

std::optional<TripId> trip_of(const Request& request) {
  const auto text = net::http1::find_field(request.fields, net::http1::kTripField);
  if (!text) return {};
  return parse_trip_id(*text);
}

Response answer_to(const Request& request, const ResponderObservation& seen) {
  Response response;
  if (seen.trip) {
    const ResponderAnswer answer{seen.host, *seen.trip, seen.local, seen.peer, seen.tls};
    response.body = boost::json::serialize(to_json(answer)) + "\n";
    response.fields = {{"Content-Type", "application/json"}};
  } else {
    response.body = "hairpin responder\n";
    response.fields = {{"Content-Type", "text/plain"}};
  }
  response.fields.push_back({"Cache-Control", "no-store"});
  if (request.method == "HEAD") response.body.clear();  // RFC 9110 §9.3.2
  return response;
}

Response refusal_of_request() {
  return {400, "Bad Request", {{"Content-Type", "text/plain"}}, "not a request\n"};
}

}  // namespace hairpin::responder

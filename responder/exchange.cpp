// SPDX-License-Identifier: Apache-2.0
#include "responder/exchange.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "base/json.hpp"
#include "base/text.hpp"

namespace hairpin::responder {

using net::http1::Request;
using net::http1::Response;

namespace {

/// RFC 9110 §5.1: names of fields are compared without case.
bool is_same_name(std::string_view left, std::string_view right) {
  const auto lower = [](unsigned char letter) { return std::tolower(letter); };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [&](char a, char b) {
    return lower(static_cast<unsigned char>(a)) == lower(static_cast<unsigned char>(b));
  });
}

}  // namespace

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

std::vector<std::string> values_of(const Request& request, std::string_view name) {
  constexpr std::size_t kMostValues = 8;
  constexpr std::size_t kMostBytes = 512;
  std::vector<std::string> values;
  for (const auto& field : request.fields)
    if (!name.empty() && is_same_name(field.name, name) && values.size() < kMostValues)
      values.push_back(printable(std::string_view(field.value).substr(0, kMostBytes)));
  return values;
}

bool says_close(const Request& request) {
  const auto connection = net::http1::find_field(request.fields, "Connection");
  return connection && is_same_name(*connection, "close");
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

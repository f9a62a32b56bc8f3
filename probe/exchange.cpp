// SPDX-License-Identifier: Apache-2.0
#include "probe/exchange.hpp"

#include "base/version.hpp"

namespace hairpin::probe {

net::http1::Request request_of(const Order& order) {
  net::http1::Request request;
  request.method = "POST";
  request.target = order.path;
  request.host = to_string(order.target.endpoint);
  if (!order.server_name.empty())
    request.host = order.server_name + ":" + std::to_string(order.target.endpoint.port);
  const auto trip = to_string(order.trip);
  auto agent = std::string("hairpin/") + kVersion;
  if (!order.run.empty()) agent += " (run " + order.run + ")";
  request.fields = {{net::http1::kTripField, trip}, {"User-Agent", agent}, {"Content-Type", "text/plain"}};
  request.body = "hairpin trip " + trip + "\n";
  return request;
}

std::optional<ResponderAnswer> read_answer(const std::string& body, const TripId& trip) {
  const auto document = parse_json(body, "the answer");
  if (!document) return {};
  auto answer = from_json<ResponderAnswer>(*document);
  if (!answer || answer->trip != trip) return {};
  return std::move(*answer);
}

}  // namespace hairpin::probe

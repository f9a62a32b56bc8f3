// SPDX-License-Identifier: Apache-2.0
#include "probe/exchange.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace hairpin::probe {

net::http1::Request request_of(const Order& order) {
  net::http1::Request request;
  request.method = order.method;
  request.target = order.path;
  request.host = to_string(order.target.endpoint);
  if (!order.server_name.empty())
    request.host = order.server_name + ":" + std::to_string(order.target.endpoint.port);
  const auto trip = to_string(order.trip);
  auto agent = std::string("hairpin/") + kVersion;
  if (!order.run.empty()) agent += " (run " + order.run + ")";
  request.fields = {{net::http1::kTripField, trip}, {"User-Agent", agent}, {"Content-Type", "text/plain"}};
  if (!order.identity_header.empty()) request.fields.push_back({order.identity_header, kForgedIdentity});
  if (order.method != "GET") request.body = "hairpin trip " + trip + "\n";
  return request;
}

std::optional<ResponderAnswer> read_answer(const std::string& body, const TripId& trip) {
  const auto document = parse_json(body, "the answer");
  if (!document) return {};
  auto answer = from_json<ResponderAnswer>(*document);
  if (!answer || answer->trip != trip) return {};
  return std::move(*answer);
}

std::string title_of(const std::string& body) {
  const auto begin = body.find("<title>");
  const auto end = body.find("</title>");
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  constexpr std::size_t kMost = 200;
  const auto from = begin + std::string_view("<title>").size();
  return printable(std::string_view(body).substr(from, std::min(kMost, end - from)));
}

}  // namespace hairpin::probe

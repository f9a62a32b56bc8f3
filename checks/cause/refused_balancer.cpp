// SPDX-License-Identifier: Apache-2.0
// A member that refuses the certificate of the balancer itself, with which that opens TLS of its own.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

/// The clocks of two hosts may differ by so much.
constexpr std::chrono::seconds kClocks{1};

/// Alerts of a server that refuses a client's certificate (RFC 8446 §6.2).
bool refuses_certificate(const ResponderObservation& seen) {
  constexpr std::array<std::uint8_t, 7> kCodes{42, 43, 44, 45, 46, 48, 51};
  const bool has_certificate = seen.tls && !seen.tls->peer_certificate_sha256.empty();
  return has_certificate && seen.alert && seen.alert->was_sent && std::find(kCodes.begin(), kCodes.end(), seen.alert->code) != kCodes.end();
}

/// Some probe said this ClientHello: the session is not the balancer's.
bool is_a_probes(const Case& c, const ResponderObservation& seen) {
  const auto& all = c.observations.probes;
  return std::any_of(all.begin(), all.end(), [&](const ProbeObservation& probe) {
    return probe.tls && probe.tls->client_random && probe.tls->client_random == seen.tls->client_random;
  });
}

}  // namespace

std::optional<RootCause> refused_balancer(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& members = pair.pool->members;
  for (const auto& seen : c.observations.responders) {
    const bool is_of_trip = trip.member.empty() ? std::find(members.begin(), members.end(), seen.host) != members.end() : seen.host == trip.member;
    const bool is_then = seen.accepted >= trip.probe->started - kClocks && seen.accepted <= trip.probe->ended + kClocks;
    if (!is_of_trip || !is_then || !refuses_certificate(seen) || is_a_probes(c, seen)) continue;
    auto root = simple("member.refuses-balancer", fmt::format("{} sent the alert {} to the balancer", seen.host, seen.alert->name),
                       fmt::format("{} refuses the balancer's client certificate", seen.host), trip);
    root.evidence.push_back({seen.host + "/responder", seen.accepted, "",
                             fmt::format("{}… from {}: {}", seen.tls->peer_certificate_sha256.substr(0, 16), to_string(seen.peer), seen.error), {}});
    return root;
  }
  return {};
}

}  // namespace hairpin::checks

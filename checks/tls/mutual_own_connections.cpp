// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-own-connections";

/// A connection that a member accepted: it says so of each request that came over it.
using Inner = std::tuple<std::string, Endpoint, WallTime>;

/// What came to members over connections that they keep open, through one VIP.
struct Kept {
  Subject subject;
  const Expectation* expect = nullptr;
  std::map<Inner, std::vector<const Trip*>> connections;
  std::map<std::string, std::set<std::string>> sources_at;  ///< by member
  std::size_t requests = 0;
};

std::set<std::string> sources_of(const std::vector<const Trip*>& trips) {
  std::set<std::string> sources;
  for (const auto* trip : trips) sources.insert(trip->probe->host);
  return sources;
}

bool is_of_balancer(const Trip& trip) {
  const auto mode = mode_of(trip);
  return mode && *mode != TlsMode::passthrough;
}

std::map<std::string, Kept> kept_through_vips(const Case& c) {
  std::map<std::string, Kept> all;
  for (const auto& pair : pairs_of(c)) {
    if (!pair.is_first_of_source) continue;
    Kept none;
    none.subject = pair.source_subject();
    none.subject.source.clear();
    none.expect = &pair.server->expect;
    const auto id = finding_id(std::string(kId), none.subject);
    if (none.expect->has_own_connections) all.emplace(id, none);
    for (const auto& trip : c.trips) {
      if (trip.probe->question != TlsQuestion::kept_open || !is_through(trip, *pair.planned)) continue;
      auto& kept = all.emplace(id, none).first->second;
      if (!is_of_balancer(trip)) continue;
      ++kept.requests;
      kept.sources_at[trip.member].insert(trip.probe->host);
      kept.connections[{trip.member, trip.responder->peer, trip.responder->accepted}].push_back(&trip);
    }
  }
  return all;
}

Evidence evidence_of(const Inner& inner, const std::vector<const Trip*>& trips) {
  const auto sources = sources_of(trips);
  return {std::get<0>(inner) + "/responder", std::get<WallTime>(inner), "trip_id",
          fmt::format("one connection from {}: {} requests, of {}", to_string(std::get<Endpoint>(inner)), trips.size(), joined({sources.begin(), sources.end()}, " and ")), {}};
}

Finding judge_kept(const Kept& kept) {
  constexpr auto kUnseen = "no request was seen at both ends, with TLS that ends at the balancer";
  if (kept.requests == 0 && !kept.expect->has_own_connections) return skip(kId, kept.subject, kUnseen);
  auto finding = finding_for(kId, kept.subject);
  if (kept.requests == 0) return unknown(std::move(finding), "whether clients share connections is not known", kUnseen, "name certificates of two sources: hosts.NAME.tls");
  finding.attempts = static_cast<std::uint32_t>(kept.requests);
  std::size_t shared = 0, among_clients = 0;
  for (const auto& [inner, trips] : kept.connections) {
    if (sources_of(trips).size() < 2) continue;
    if (shared++ == 0) finding.evidence.push_back(evidence_of(inner, trips));
    among_clients += trips.size();
  }
  finding.observed = fmt::format("{} requests over {} connections, {} of them of several clients", kept.requests, kept.connections.size(), shared);
  if (kept.expect->has_own_connections) finding.expected = "a connection to a member carries one client's requests alone";
  finding.summary = shared == 0 ? "clients have connections to members of their own" : fmt::format("clients share connections to members: {}", finding.observed);
  if (!kept.expect->has_own_connections) {
    finding.verdict = Verdict::info;
    return finding;
  }
  if (shared > 0) {
    const auto summary = finding.summary;
    set_cause(finding, "mtls.connections-shared");
    set_attempts(finding, kept.requests, among_clients);
    finding.summary = summary;
    return finding;
  }
  const bool could_share = std::any_of(kept.sources_at.begin(), kept.sources_at.end(), [](const auto& at) { return at.second.size() > 1; });
  if (could_share) return finding;
  return unknown(std::move(finding), "whether clients share connections is not known", "no member was asked by two clients", "give a second source a certificate");
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& [id, kept] : kept_through_vips(c)) findings.push_back(judge_kept(kept));
  return findings;
}

}  // namespace

const Check mtls_own_connections{
    .id = kId,
    .claim = "A connection to a member carries the requests of one client",
    .source = "topology: expect.tls.own_connections; BIG-IP OneConnect, HAProxy http-reuse",
    .needs = "probe; responder; certificates of two sources in the topology",
    .explanation =
        "Behind a balancer that ends TLS and speaks HTTP, members keep their connections open for a moment, and sources send requests in turn. The "
        "responders say over which connection each came. Requests of different sources over one connection are reported; with "
        "`expect.tls.own_connections` they are `mtls.connections-shared`: a member that takes the first request's client for the connection's (a "
        "certificate for each client on the inner leg, a login that lasts as long as the connection) takes one client for another. A pass needs a member "
        "that two sources asked.",
    .judge = judge};

}  // namespace hairpin::checks

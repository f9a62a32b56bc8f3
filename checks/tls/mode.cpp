// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-mode";

std::string_view word(TlsMode mode) {
  switch (mode) {
    case TlsMode::passthrough: return "passthrough";
    case TlsMode::terminate: return "terminate";
    case TlsMode::reencrypt: break;
  }
  return "reencrypt";
}

Evidence evidence_of(const Trip& trip, TlsMode mode) {
  const auto& seen = *trip.responder;
  const auto member = seen.tls ? fmt::format("{} {}, exporter {}…", seen.tls->version, seen.tls->cipher, seen.tls->exporter.substr(0, 16))
                               : std::string("plaintext");
  return {seen.host + "/responder", seen.accepted, "trip_id",
          fmt::format("{}: {} has {} {}, exporter {}…; {} has {}", word(mode), trip.probe->host, trip.probe->tls->version,
                      trip.probe->tls->cipher, trip.probe->tls->exporter.substr(0, 16), seen.host, member),
          {}};
}

Evidence evidence_of(const ResponderObservation& seen) {
  return {seen.host + "/responder", seen.accepted, std::string(name(MatchKey::client_random)),
          fmt::format("passthrough: the source's own ClientHello came to {}, from {}: {}", seen.host, to_string(seen.peer), seen.error), {}};
}

std::string named(const std::map<TlsMode, std::size_t>& seen) {
  std::string text;
  for (const auto& [mode, count] : seen) text += fmt::format("{}{}", text.empty() ? "" : " and ", word(mode));
  return text;
}

std::string counted(const std::map<TlsMode, std::size_t>& seen) {
  std::string text;
  for (const auto& [mode, count] : seen) text += fmt::format("{}{} ({} connections)", text.empty() ? "" : ", ", word(mode), count);
  return text;
}

/// Which certificates members showed to who asked them directly.
std::map<std::string, std::set<std::string>> own_certificates(const Case& c, const PlannedSource& planned) {
  std::map<std::string, std::set<std::string>> all;
  for (const auto& trip : c.trips) {
    const auto& probe = *trip.probe;
    const bool is_of_service = trip.is_direct() && probe.target.pool == planned.pool && probe.target.virtual_server == planned.virtual_server;
    if (is_of_service && probe.tls && !probe.tls->peer_certificate_sha256.empty())
      all[probe.target.member].insert(probe.tls->peer_certificate_sha256);
  }
  return all;
}

bool is_known(const std::map<std::string, std::set<std::string>>& own, const std::string& certificate) {
  return std::any_of(own.begin(), own.end(), [&](const auto& of_member) { return of_member.second.contains(certificate); });
}

/// No session came to a request, and yet: the VIP shows a certificate that no member has, so TLS does not end at a member.
std::optional<Finding> judge_certificates(const Case& c, const Pair& pair, Finding finding) {
  const auto& members = pair.planned->members;
  const auto own = own_certificates(c, *pair.planned);
  const bool knows_all = std::all_of(members.begin(), members.end(), [&](const std::string& member) { return own.contains(member); });
  if (pair.server->expect.tls_mode != TlsMode::passthrough || !knows_all) return {};
  std::size_t foreign = 0;
  for (const auto& trip : c.trips) {
    const bool is_shown = belongs_to(trip, *pair.planned) && trip.probe->tls && !trip.probe->tls->peer_certificate_sha256.empty();
    if (!is_shown || is_known(own, trip.probe->tls->peer_certificate_sha256)) continue;
    if (foreign++ > 0) continue;
    finding.evidence.push_back(probe_evidence(*trip.probe));
    finding.observed = "the certificate with the SHA-256 " + trip.probe->tls->peer_certificate_sha256;
  }
  if (foreign == 0) return {};
  finding.expected = word(TlsMode::passthrough);
  set_cause(finding, "tls.mode-differs");
  set_attempts(finding, foreign, foreign);
  finding.summary = "TLS ends at somebody who shows a certificate that no member has; promised is passthrough";
  return finding;
}

Finding judge_source(const Case& c, const Pair& pair) {
  const auto subject = pair.source_subject();
  if (!pair.planned->skip_reason.empty()) return skip(kId, subject, pair.planned->skip_reason);
  auto finding = finding_for(kId, subject);
  std::map<TlsMode, std::size_t> seen;
  const auto& promised = pair.server->expect.tls_mode;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    const auto* hello = mode_of(trip) ? nullptr : hello_at_responder(c, trip);
    const auto mode = hello ? std::optional(TlsMode::passthrough) : mode_of(trip);
    if (!mode) continue;
    ++finding.attempts;
    const bool is_first = seen[*mode]++ == 0;
    const bool is_other = promised && *mode != *promised;
    if (is_first || (is_other && finding.failed == 0)) finding.evidence.push_back(hello ? evidence_of(*hello) : evidence_of(trip, *mode));
    if (is_other) ++finding.failed;
  }
  if (finding.attempts == 0) {
    if (auto differs = judge_certificates(c, pair, finding)) return std::move(*differs);
    auto skipped = skip(kId, subject, "no connection was seen at both ends of its TLS");
    skipped.next_step = "run an agent on a member, with `probe: http`";
    return skipped;
  }
  finding.observed = counted(seen);
  finding.summary = "TLS is " + named(seen);
  if (!promised) {
    finding.verdict = Verdict::info;
    return finding;
  }
  finding.expected = word(*promised);
  if (finding.failed == 0) return finding;
  set_cause(finding, "tls.mode-differs");
  set_attempts(finding, finding.attempts, finding.failed);
  finding.summary = fmt::format("TLS is {}, promised is {}", named(seen), finding.expected);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c))
    if (pair.is_first_of_source && (pair.server->protocol == Protocol::https || pair.server->protocol == Protocol::tls))
      findings.push_back(judge_source(c, pair));
  return findings;
}

}  // namespace

std::optional<TlsMode> mode_of(const Trip& trip) {
  const bool is_joined = trip.responder && trip.responder_match == MatchKey::trip_id;
  if (!is_joined || !trip.probe->tls || trip.probe->tls->exporter.empty()) return {};
  if (trip.responder->is_plaintext) return TlsMode::terminate;
  if (!trip.responder->tls || trip.responder->tls->exporter.empty()) return {};
  return trip.responder->tls->exporter == trip.probe->tls->exporter ? TlsMode::passthrough : TlsMode::reencrypt;
}

std::string mode_difference(const Case& c, const Pair& pair) {
  const auto subject = pair.source_subject();
  return judge_source(c, pair).cause == "tls.mode-differs" ? finding_id(std::string(kId), subject) : "";
}

const ResponderObservation* hello_at_responder(const Case& c, const Trip& trip) {
  const auto& probe = *trip.probe;
  if (!probe.tls || !probe.tls->client_random || trip.is_direct() || trip.is_answered()) return nullptr;
  const auto& all = c.observations.responders;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& seen) { return seen.tls && seen.tls->client_random == probe.tls->client_random; });
  return found == all.end() ? nullptr : &*found;
}

const Check tls_mode{
    .id = kId,
    .claim = "TLS ends where the topology says: at the member, at the balancer, or at both",
    .source = "topology: expect.tls.mode; RFC 5705 and RFC 8446 §7.5 exporters",
    .needs = "probe; responder",
    .explanation =
        "Both ends compute the same exporter only if they share one TLS session. Equal: passthrough, nobody between them can read. "
        "Different: reencrypt, the balancer ends TLS and opens another session to the member. Plaintext at the member: "
        "terminate. The two accounts are joined by the trip id alone, so that the exporters prove something. Where no session came to a request, a ClientHello of the source at a member proves passthrough, and "
        "a certificate at the VIP that no member shows to who asks it directly disproves it. A difference from "
        "the promise is `tls.mode-differs`; without a promise it is reported. (BIG-IP's Proxy SSL shares one session and reads "
        "it all the same: with RSA key exchange passthrough may be that.)",
    .judge = judge};

}  // namespace hairpin::checks

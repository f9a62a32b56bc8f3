// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"
#include "checks/tls/member_sessions.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-resumed-identity";

/// Who the client is for the member's responder: by the certificate of their own session, or by what the balancer says. Absent: it cannot know.
std::optional<std::string> identity_at_member(const Trip& trip) {
  const auto mode = mode_of(trip);
  if (!mode) return {};
  if (*mode == TlsMode::passthrough) return trip.responder->tls->peer_certificate_sha256;
  if (trip.responder->identities) return joined(*trip.responder->identities, " | ");
  return {};
}

std::string word(const std::string& identity) { return identity.empty() ? "nobody" : identity; }

Evidence evidence_of(const Trip& trip, const std::string& identity, std::string_view what) {
  return {trip.responder->host + "/responder", trip.responder->accepted, "trip_id", fmt::format("{}: the client is {}", what, word(identity)), {}};
}

Finding judge_vip(const VipSessions& sessions) {
  auto finding = finding_for(kId, sessions.subject);
  bool is_told = false;
  for (const auto& shown : sessions.shown) {
    if (!shown.is_resumed()) continue;
    const auto before = identity_at_member(*shown.first);
    const auto after = identity_at_member(*shown.trip);
    if (!before || before->empty() || !after) continue;
    const bool is_same = *before == *after;
    if (finding.attempts++ == 0 || (!is_same && finding.failed == 0)) {
      finding.expected = *before;
      finding.observed = word(*after);
      finding.evidence = {evidence_of(*shown.first, *before, "whole handshake"), evidence_of(*shown.trip, *after, "resumed")};
    }
    if (!is_same) ++finding.failed;
    is_told = true;
  }
  if (!is_told) return skip(kId, sessions.subject, "no session of a client that the member knows was resumed");
  finding.summary = fmt::format("the client of a resumed session is the one of its first handshake ({} connections)", finding.attempts);
  if (finding.failed == 0) return finding;
  const auto attempts = finding.attempts, failed = finding.failed;
  set_cause(finding, "mtls.identity-lost-by-session");
  set_attempts(finding, attempts, failed);
  finding.summary = fmt::format("the client of a resumed session is {} to members, and was {} at its first handshake", finding.observed, finding.expected);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& sessions : sessions_of(c))
    if (!sessions.first.empty()) findings.push_back(judge_vip(sessions));
  return findings;
}

}  // namespace

const Check mtls_resumed_identity{
    .id = kId,
    .claim = "Whoever resumes a session is the client that made it",
    .source = "RFC 8446 §2.2, §4.6.1; topology: expect.tls.identity_header",
    .needs = "probe; responder; certificates of a source in the topology",
    .explanation =
        "A client that resumes a session shows no certificate: whoever serves it has to remember the one of the first handshake. The member's "
        "responder says who the client is on both connections – by the certificate of its own TLS session where TLS passes through, by "
        "`expect.tls.identity_header` where the balancer ends it. Nobody, or somebody else, after resumption is `mtls.identity-lost-by-session`: "
        "rules that read the certificate of the handshake alone. Skipped where no session is resumed, or where members are not told who the client is.",
    .judge = judge};

}  // namespace hairpin::checks

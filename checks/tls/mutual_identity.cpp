// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-identity";

/// The trip of a question, as the member's responder saw it; null when nobody did.
const Trip* at_responder(const Case& c, const ProbeObservation& probe) {
  const auto found = std::find_if(c.trips.begin(), c.trips.end(), [&](const Trip& trip) { return trip.probe == &probe; });
  return found != c.trips.end() && found->responder && found->responder_match == MatchKey::trip_id && found->responder->identities ? &*found : nullptr;
}

/// As the responder was asked to report them: never absent.
const std::vector<std::string>& values_at(const Trip& trip) { return *trip.responder->identities; }

bool is_forged(const Trip& trip) {
  const auto& values = values_at(trip);
  return std::any_of(values.begin(), values.end(), [](const std::string& value) { return value.find(kForgedIdentity) != std::string::npos; });
}

void quote(Finding& finding, const Trip& trip, const std::string& header) {
  const auto& seen = *trip.responder;
  const auto values = values_at(trip).empty() ? std::string("nothing") : joined(values_at(trip), " | ");
  finding.evidence.push_back({seen.host + "/responder", seen.accepted, "trip_id", fmt::format("{}: {}", header, values), {}});
  finding.observed = values;
}

Finding judge_endpoint(const Case& c, const Examined& e) {
  const auto& header = e.expect->identity_header;
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto* trip = usual ? at_responder(c, *usual) : nullptr;
  const auto* bare = e.asked(TlsQuestion::without_certificate);
  const auto* bare_trip = bare ? at_responder(c, *bare) : nullptr;
  if (!trip && !bare_trip) return skip(kId, e.subject, "no request with a certificate came to a responder", finding_id("mtls-accepted", e.subject));
  auto finding = finding_for(kId, e.subject);
  finding.expected = fmt::format("{} names the client by its certificate, and not what the client claims there", header);
  for (const auto* each : {trip, bare_trip}) {
    if (!each) continue;
    ++finding.attempts;
    quote(finding, *each, header);
    if (!is_forged(*each)) continue;
    blame(finding, "mtls.identity-forged", fmt::format("a client that sends {} itself is whoever it claims to be", header));
    return finding;
  }
  if (!trip) return skip(kId, e.subject, "no request with a certificate came to a responder", finding_id("mtls-accepted", e.subject));
  finding.observed = joined(values_at(*trip), " | ");
  finding.summary = fmt::format("{} says {}", header, finding.observed);
  if (!usual->details->has_certificate) return skip(kId, e.subject, "there is no client certificate to show");
  if (values_at(*trip).empty()) blame(finding, "mtls.identity-missing", fmt::format("members get no {}", header));
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& e : examined(c))
    if (!e.expect->identity_header.empty() && e.subject.member.empty()) findings.push_back(judge_endpoint(c, e));
  return findings;
}

}  // namespace

const Check mtls_identity{
    .id = kId,
    .claim = "The balancer tells members who the client is, and believes no client that says so itself",
    .source = "topology: expect.tls.identity_header; RFC 9440 §2.4, §4",
    .needs = "probe; responder",
    .explanation =
        "A balancer that ends TLS may pass the subject of the client certificate on in a header field. The probe sends that field itself, "
        "with a made-up name. If the member's responder sees that name, also beside another one or on the connection without a "
        "certificate, anybody can be anybody: `mtls.identity-forged`. If the field does not come at all, `mtls.identity-missing`.",
    .judge = judge};

}  // namespace hairpin::checks

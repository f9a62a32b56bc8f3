// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-staple";
/// Clocks of responders and clients differ by so much without harm.
constexpr auto kTolerance = std::chrono::minutes(5);

/// The handshake that was complete, because OpenSSL looks at a staple at its end.
const ProbeObservation* complete(const Examined& e) {
  using enum TlsQuestion;
  for (const auto question : {usual, without_certificate, only_tls13, only_tls12})
    if (const auto* probe = e.asked(question); probe && probe->details && !probe->details->chain.empty() && has_shaken_hands(*probe)) return probe;
  return nullptr;
}

std::string text_of(const Staple& staple) {
  auto text = fmt::format("{}, {}", staple.response, boost::describe::enum_to_string(staple.status, ""));
  if (staple.status == StapleStatus::not_told) return text;
  text += ", of " + iso8601(staple.this_update, 0);
  if (staple.next_update) text += ", until " + iso8601(*staple.next_update, 0);
  if (!staple.responder.empty()) text += ", signed by " + staple.responder;
  return text;
}

bool is_stale(const Staple& staple, WallTime now) {
  return staple.this_update > now + kTolerance || (staple.next_update && *staple.next_update < now - kTolerance);
}

Finding judge_staple(Finding finding, const Staple& staple, WallTime now) {
  finding.observed = text_of(staple);
  if (!staple.has_issuer)
    return unknown(std::move(finding), "whether the OCSP staple is the right one's is not known",
                   "the issuer of the server's certificate was neither sent nor is it trusted", "see tls-chain, and name the site's root: --ca FILE");
  if (!staple.is_signed || (staple.status != StapleStatus::good && staple.status != StapleStatus::revoked)) {
    blame(finding, "tls.staple-invalid");
    finding.summary += ": " + (staple.status == StapleStatus::good && !staple.error.empty() ? staple.error : finding.observed);
  } else if (staple.status == StapleStatus::revoked) {
    blame(finding, "tls.staple-revoked");
  } else if (is_stale(staple, now)) {
    blame(finding, "tls.staple-stale");
    finding.summary += ": " + finding.observed;
  } else {
    finding.summary = "the OCSP staple says good: " + finding.observed;
  }
  return finding;
}

Finding judge_endpoint(const Examined& e) {
  const auto* probe = complete(e);
  if (!probe) return skip_unseen(kId, e);
  const auto& leaf = probe->details->chain.front();
  auto finding = finding_about(kId, e, *probe);
  finding.expected = leaf.must_staple ? "a fresh OCSP response, because the certificate demands one" : "a fresh OCSP response, or none";
  if (probe->details->staple) return judge_staple(std::move(finding), *probe->details->staple, probe->started);
  finding.observed = "none";
  finding.summary = "no OCSP staple; the certificate demands none";
  if (leaf.must_staple)
    blame(finding, "tls.staple-missing");
  else
    finding.verdict = Verdict::info;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls13); }

}  // namespace

const Check tls_staple{
    .id = kId,
    .claim = "The OCSP response that comes with the handshake says good, is fresh, and is the right responder's",
    .source = "RFC 6066 §8, RFC 6960 §3.2, RFC 7633",
    .needs = "probe",
    .explanation =
        "Every connection asks for an OCSP staple. None is reported, unless the certificate demands one (must-staple): that is "
        "`tls.staple-missing`. One that says revoked is `tls.staple-revoked`; one past its next update, or of the future, by more than 5 minutes, "
        "`tls.staple-stale`; one that is about another certificate, is no success, or was signed by nobody whom the issuer of the leaf named, "
        "`tls.staple-invalid`. Without the issuer's certificate the signature cannot be looked at, which is inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

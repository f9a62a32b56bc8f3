// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-renegotiation";

std::string_view words_for(Renegotiation outcome) {
  switch (outcome) {
    case Renegotiation::accepted: return "accepted";
    case Renegotiation::refused: return "refused";
    case Renegotiation::unanswered: return "left without an answer";
    case Renegotiation::not_tried: break;
  }
  return "not tried";
}

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::renegotiation);
  if (!probe) return skip_unseen(kId, e);
  if (!has_negotiated(*probe) || !probe->details) return skip(kId, e.subject, "the server does not speak TLSv1.2; TLSv1.3 has no renegotiation");
  const auto& details = *probe->details;
  if (details.renegotiation == Renegotiation::not_tried)
    return skip(kId, e.subject, "the first handshake of TLSv1.2 was not complete: " + ending_text(*probe));
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "the extension renegotiation_info, and no renegotiation that the client begins";
  finding.observed = fmt::format("{} renegotiation_info; a client's renegotiation is {}", details.has_secure_renegotiation ? "has" : "lacks",
                                 words_for(details.renegotiation));
  finding.summary = finding.observed;
  if (!details.has_secure_renegotiation) {
    blame(finding, "tls.renegotiation-insecure");
  } else if (details.renegotiation == Renegotiation::accepted) {
    blame(finding, "tls.renegotiation-accepted");
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::renegotiation); }

}  // namespace

const Check tls_renegotiation{
    .id = kId,
    .claim = "TLS 1.2 knows secure renegotiation, and clients may not begin one",
    .source = "RFC 5746 §3.6, §4.2; BIG-IP client SSL profile, Renegotiation",
    .needs = "probe",
    .explanation =
        "A connection of TLS 1.2 asks for a second handshake once the first is complete. A server without the extension of RFC "
        "5746 is `tls.renegotiation-insecure`: somebody between can put his own request before the client's (CVE-2009-3555), and "
        "clients with OpenSSL 3 do not connect at all. One that goes along is `tls.renegotiation-accepted`, a warning: handshakes "
        "cost the server more than the client (CVE-2011-1473). no_renegotiation, the end of the connection, and silence are refusals.",
    .judge = judge};

}  // namespace hairpin::checks

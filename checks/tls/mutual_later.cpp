// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-later";

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::asked_later);
  if (!probe || !probe->details || !has_connected(*probe)) return skip_unseen(kId, e);
  if (!has_shaken_hands(*probe)) return skip(kId, e.subject, "no handshake of TLS 1.3 with it: " + ending_text(*probe));
  if (!probe->details->was_asked_later && reception_of(*probe) != Reception::taken)
    return skip(kId, e.subject, "the connection did not go on after the handshake: " + ending_text(*probe));
  auto finding = finding_about(kId, e, *probe);
  finding.verdict = Verdict::info;
  finding.observed = probe->details->was_asked_later ? "asks for a client certificate after the handshake" : "asks for nothing after the handshake";
  finding.summary = finding.observed + " (" + ending_text(*probe) + ")";
  if (probe->details->was_asked_later)
    finding.next_step = "see that clients offer it: browsers do not, and HTTP/2 forbids it (RFC 8740)";
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::asked_later); }

}  // namespace

const Check mtls_later{
    .id = kId,
    .claim = "It is known whether the server asks for a client certificate after a handshake of TLS 1.3",
    .source = "RFC 8446 §4.6.2, RFC 8740",
    .needs = "probe",
    .explanation =
        "A connection of TLS 1.3 offers post_handshake_auth and sends its request. A server that asks for a certificate by path (Apache) asks then. In TLS 1.2 it "
        "renegotiates instead, which TLS 1.3 does not have: what needs a renegotiation to ask does not get a certificate in TLS 1.3 from clients "
        "that do not offer this. Reported, not judged.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/mutual.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-request";

std::string_view word(MutualTls mode) {
  switch (mode) {
    case MutualTls::none: return "asks for no client certificate";
    case MutualTls::requested: return "asks for a client certificate and goes on without one";
    case MutualTls::required: break;
  }
  return "requires a client certificate";
}

bool was_taken_with_certificate(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  return usual && usual->details && usual->details->has_certificate && reception_of(*usual) == Reception::taken;
}

/// Hung up without an alert, as BIG-IP and Schannel do, or with one that says nothing of certificates: GnuTLS calls the empty list of
/// TLS 1.2 a decode_error.
bool hung_up(const ProbeObservation& probe) {
  constexpr std::uint8_t kDecodeError = 50;
  const bool is_undecoded = probe.alert && !probe.alert->was_sent && probe.alert->code == kDecodeError;
  return probe.end == End::closed || probe.end == End::reset || is_undecoded;
}

/// Forbidden: also what IIS says where a path wants a certificate that nobody showed (403.7).
bool may_ask_later(const ProbeObservation& probe) { return probe.http_status == 403; }

Finding judge_endpoint(const Examined& e) {
  if (e.is_stand_in) return skip(kId, e.subject, "hairpin's responder stands in for the service: it asks everybody, and requires nothing");
  const auto* probe = e.uncertified();
  if (!probe && e.is_of_run) return skip(kId, e.subject, "nobody asked without a certificate: hairpin tls does");
  if (!probe || !has_connected(*probe)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  const auto mode = mutual_tls_of(e);
  if (!mode && !has_negotiated(*probe)) return skip_unseen(kId, e);
  finding.observed = mode ? std::string(word(*mode)) : ending_text(*probe);
  if (!mode && !probe->details->was_asked)
    return unknown(std::move(finding), "it asks for no client certificate in the handshake, and did not go on either",
                   "after the handshake: " + ending_text(*probe) + "; a server may ask later, by renegotiation",
                   "see whether the service wants a certificate for this path (IIS: SSL Settings; BIG-IP: an iRule), or ask for another --path");
  if (!mode)
    return unknown(std::move(finding), "it asks for a client certificate; whether it requires one is not known",
                   "the connection without a certificate: " + ending_text(*probe),
                   "give a client certificate that it takes (--cert, --key), so that both connections can be compared");
  if (mode == MutualTls::none && e.expect->mutual_tls == MutualTls::required && may_ask_later(*probe))
    return unknown(std::move(finding), "it asks for no client certificate in the handshake, and forbids the path",
                   fmt::format("HTTP {}: the path may want a certificate, which the server would ask for later", *probe->http_status),
                   "ask for a --path that is served without a certificate, or look at the service's settings");
  finding.summary = fmt::format("{} ({})", finding.observed, ending_text(*probe));
  if (!e.expect->mutual_tls) {
    finding.verdict = Verdict::info;
    return finding;
  }
  finding.expected = word(*e.expect->mutual_tls);
  if (*mode == *e.expect->mutual_tls) return finding;
  blame(finding, *e.expect->mutual_tls == MutualTls::required ? "mtls.not-required" : *mode == MutualTls::required ? "mtls.required-unexpectedly" : "mtls.not-as-promised");
  finding.summary = fmt::format("{}; promised: {}", finding.observed, finding.expected);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint); }

}  // namespace

std::optional<MutualTls> mutual_tls_of(const Examined& e) {
  const auto* probe = e.uncertified();
  if (!probe || !probe->details || !has_negotiated(*probe)) return {};
  const auto reception = reception_of(*probe);
  if (!probe->details->was_asked) return reception == Reception::taken ? std::optional(MutualTls::none) : std::nullopt;
  if (reception == Reception::taken) return MutualTls::requested;
  if (reception == Reception::refused) return MutualTls::required;
  if (hung_up(*probe) && was_taken_with_certificate(e)) return MutualTls::required;
  return {};
}

const Check mtls_request{
    .id = kId,
    .claim = "The server asks for a client certificate as the topology promises",
    .source = "topology: expect.tls.mutual; RFC 8446 §4.3.2, §4.4.2.4",
    .needs = "probe",
    .explanation =
        "One connection has no client certificate. No CertificateRequest: none. A request, and data or an orderly end afterwards: "
        "requested. A request and a refusal: required. In TLS 1.3 the client's handshake is complete before the server has "
        "seen that there is no certificate, so a request is sent and the answer read: the refusal is there. nginx refuses on a "
        "page (\"400 No required SSL certificate was sent\"). Who only hangs up, as BIG-IP may, is compared with the connection "
        "that has a certificate. Requests after the handshake (renegotiation, RFC 8446 §4.6.2) are not answered: a server that neither asks nor goes "
        "on, or forbids the path where a certificate is promised to be required, is inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

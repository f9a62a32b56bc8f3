// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/mutual.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-accepted";

struct Meaning {
  std::uint8_t alert;
  std::string_view cause;
};

/// RFC 8446 §6.2; which of them a server chooses is its own affair: OpenSSL's choices were measured.
constexpr Meaning kMeanings[] = {{40, "mtls.none-sent"},       {41, "mtls.none-sent"},      {116, "mtls.none-sent"},
                                 {42, "mtls.held-to-be-bad"},  {43, "mtls.wrong-purpose"},  {44, "mtls.revoked"},
                                 {45, "mtls.expired"},         {48, "mtls.unknown-issuer"}, {51, "mtls.key-not-proven"}};

std::string_view cause_of(const ProbeObservation& probe) {
  if (!probe.alert) return "mtls.refused";
  const auto* const row = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                       [&](const Meaning& meaning) { return meaning.alert == probe.alert->code; });
  return row == std::end(kMeanings) ? "mtls.refused" : row->cause;
}

std::string how_to_give_one(const Examined& e) {
  return e.is_of_run ? "name it: tls of the host in the topology" : "give one: --cert FILE --key FILE";
}

Finding without_certificate(const Examined& e, const ProbeObservation& probe) {
  const auto mode = mutual_tls_of(e);
  if (mode != MutualTls::required) {
    auto skipped = skip(kId, e.subject, "there is no client certificate to show");
    skipped.next_step = how_to_give_one(e);
    return skipped;
  }
  auto finding = finding_about(kId, e, probe);
  set_cause(finding, "mtls.certificate-required");
  finding.observed = ending_text(probe);
  finding.reason = "the server requires a client certificate, and there was none to show";
  finding.next_step = how_to_give_one(e);
  return finding;
}

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::usual);
  if (!probe || !probe->details || !has_negotiated(*probe)) return skip_unseen(kId, e);
  if (!probe->details->has_certificate) return without_certificate(e, *probe);
  if (e.is_stand_in && e.trusts_nobody) return skip(kId, e.subject, "the topology names no roots of this member: its responder takes any certificate");
  if (!probe->details->was_asked) return skip(kId, e.subject, "the server asks for no client certificate");
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "the server goes on after it has seen our certificate";
  finding.observed = ending_text(*probe);
  const auto reception = reception_of(*probe);
  if (reception == Reception::taken) {
    finding.summary = "our client certificate was taken";
    return finding;
  }
  if (reception == Reception::unknown && e.is_of_run && probe->end == End::decided)
    return skip(kId, e.subject, "the path behind the balancer did not carry the answer", finding_id("reachability", e.subject));
  const auto* bare = e.asked(TlsQuestion::without_certificate);
  const bool is_taken_without = bare && reception_of(*bare) == Reception::taken;
  const bool hung_up = probe->end == End::closed || probe->end == End::reset;
  if (reception == Reception::unknown && !(is_taken_without && hung_up))
    return unknown(std::move(finding), "whether our client certificate was taken is not known",
                   "after the handshake: " + ending_text(*probe), "ask for something that the service answers: --path, or look into its log");
  blame(finding, cause_of(*probe));
  finding.summary += ": " + finding.observed;
  return finding;
}

/// The same connection as the responder of a member saw it, which says everything that it holds against the certificate.
const ResponderObservation* at_responder(const Case& c, const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::usual);
  if (!probe || !probe->tls || !probe->tls->client_random) return nullptr;
  const auto& all = c.observations.responders;
  const auto found = std::find_if(all.begin(), all.end(), [&](const ResponderObservation& seen) {
    return seen.host == e.subject.member && seen.tls && seen.tls->client_random == probe->tls->client_random;
  });
  return found == all.end() ? nullptr : &*found;
}

/// X509_V_ERR_CERT_REJECTED and X509_V_ERR_CERT_UNTRUSTED in OpenSSL's words: a root that is trusted, for something else.
bool rejects_root(const std::string& error) {
  return error.find("certificate rejected") != std::string::npos || error.find("certificate not trusted") != std::string::npos;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& e : examined(c)) {
    if (e.is_of_run && !e.asked(TlsQuestion::usual)) continue;
    findings.push_back(judge_endpoint(e));
    const auto* seen = findings.back().verdict == Verdict::fail ? at_responder(c, e) : nullptr;
    if (seen && findings.back().cause == "mtls.held-to-be-bad" && rejects_root(seen->error)) {
      set_cause(findings.back(), "mtls.not-for-clients");
      findings.back().summary += ": " + findings.back().observed;
    }
    if (seen && !seen->error.empty())
      findings.back().evidence.push_back({seen->host + "/responder", seen->accepted, std::string(name(MatchKey::client_random)), seen->error, {}});
  }
  return findings;
}

}  // namespace

bool is_refused_for_certificate(const ProbeObservation& probe) { return probe.end == End::alert && reception_of(probe) == Reception::refused; }

std::string refusal_at_balancer(const Case& c, const Subject& source) {
  for (const auto& e : examined(c))
    if (e.subject == source && judge_endpoint(e).verdict == Verdict::fail) return finding_id(std::string(kId), source);
  return {};
}

const Check mtls_accepted{
    .id = kId,
    .claim = "The server takes our client certificate",
    .source = "RFC 8446 §4.4.2, §6.2; RFC 5246 §7.4.6",
    .needs = "probe with a client certificate",
    .explanation =
        "Handshake complete proves nothing: in TLS 1.3 the server judges the certificate afterwards, and its alert arrives on "
        "the first read. Therefore a request is sent, and only data or an orderly end is `taken`. The alert names the cause: "
        "unknown_ca `mtls.unknown-issuer`, unsupported_certificate `mtls.wrong-purpose`, bad_certificate `mtls.held-to-be-bad` "
        "(and `mtls.not-for-clients` where hairpin's responder refused it and says that the root is not trusted for clients), certificate_expired, certificate_revoked, decrypt_error. A "
        "refusal without an alert is `mtls.refused`. Where the server requires a certificate and there is none to show, nothing "
        "is wrong with it: `mtls.certificate-required` is inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

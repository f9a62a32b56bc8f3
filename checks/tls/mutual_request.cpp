// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/members_met.hpp"
#include "checks/tls/other_clients.hpp"

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

std::string what_came(const ProbeObservation& probe) {
  const bool says_more = !probe.http_status || reception_of(probe) == Reception::refused;
  return says_more ? ending_text(probe) : fmt::format("HTTP {}", *probe.http_status);
}

/// What a server that answers without a certificate says with its page, beside the page that the certificate gets. Absent: not known.
std::optional<MutualTls> by_page(const Examined& e, const ProbeObservation& bare) {
  if (!bare.http_status) return MutualTls::requested;
  const bool has_sound = was_taken_with_certificate(e);
  const unsigned sound = has_sound ? e.asked(TlsQuestion::usual)->http_status.value_or(0) : 0;  // 0: none was seen
  if (is_forbidden(*bare.http_status)) return sound > 0 && sound < 400 ? std::optional(MutualTls::required) : std::nullopt;
  const bool is_redirect = *bare.http_status >= 300 && *bare.http_status < 400;
  const bool may_lead_to_a_login = is_redirect && sound != *bare.http_status && (has_sound || e.expect->mutual_tls == MutualTls::required);
  return may_lead_to_a_login ? std::nullopt : std::optional(MutualTls::requested);
}

/// What this connection without a certificate tells.
std::optional<MutualTls> mode_by(const Examined& e, const ProbeObservation& bare) {
  if (!bare.details || !has_negotiated(bare)) return {};
  const auto reception = reception_of(bare);
  if (!bare.details->was_asked) return reception == Reception::taken ? std::optional(MutualTls::none) : std::nullopt;
  if (reception == Reception::taken) return by_page(e, bare);
  if (reception == Reception::refused) return MutualTls::required;
  if (hung_up(bare) && was_taken_with_certificate(e)) return MutualTls::required;
  return {};
}

/// Every connection without a certificate that went as deep as the last one: the same question may be answered by another member.
std::vector<const ProbeObservation*> bare_connections(const Examined& e) {
  const auto* last = e.uncertified();
  if (!last) return {};
  if (last->question != TlsQuestion::without_certificate) return {last};
  auto all = e.all(TlsQuestion::without_certificate);
  std::erase_if(all, [&](const auto* probe) { return probe->depth != last->depth; });
  return all;
}

struct Counts {
  std::size_t asked = 0, unasked = 0;                     ///< of all whole handshakes
  std::size_t none = 0, requested = 0, required = 0, unclear = 0;  ///< of those without a certificate

  std::size_t bare() const { return none + requested + required + unclear; }
};

Counts counts_of(const Examined& e) {
  Counts counts;
  for (const auto question : {TlsQuestion::usual, TlsQuestion::same_again, TlsQuestion::without_certificate})
    for (const auto* probe : e.all(question)) {
      const bool was_asked = probe->details && probe->details->was_asked;
      if (was_asked) ++counts.asked;
      if (!was_asked && has_shaken_hands(*probe)) ++counts.unasked;
    }
  for (const auto* probe : bare_connections(e)) {
    const auto mode = mode_by(e, *probe);
    if (!mode) ++counts.unclear;
    if (mode == MutualTls::none) ++counts.none;
    if (mode == MutualTls::requested) ++counts.requested;
    if (mode == MutualTls::required) ++counts.required;
  }
  return counts;
}

/// Members of one VIP that do not do the same: whoever meets the open one gets in.
std::optional<Finding> judge_differences(Finding finding, const Counts& counts) {
  const bool asks_sometimes = counts.asked > 0 && counts.unasked > 0;
  if (!asks_sometimes && (counts.requested == 0 || counts.required == 0)) return {};
  set_cause(finding, "mtls.request-varies");
  if (asks_sometimes) {
    finding.observed = fmt::format("asks for a client certificate in {} of {} handshakes", counts.asked, counts.asked + counts.unasked);
    set_attempts(finding, counts.asked + counts.unasked, counts.unasked);
  } else {
    finding.observed = fmt::format("without a client certificate {} connections go on, and {} are refused", counts.requested, counts.required);
    set_attempts(finding, counts.bare(), counts.requested);
  }
  finding.summary += ": " + finding.observed;
  return finding;
}

std::string coverage_text(const Counts& counts, MutualTls mode) {
  const auto alike = mode == MutualTls::none ? counts.unasked : counts.bare() - counts.unclear;
  if (alike < 2) return "";
  return fmt::format("; {} connections alike: a difference at one of {} members would have been seen with 99.9 %", alike, members_met(alike));
}

Finding judge_endpoint(const Examined& e) {
  if (e.is_stand_in) return skip(kId, e.subject, "hairpin's responder stands in for the service: it asks everybody, and requires nothing");
  const auto* probe = e.uncertified();
  if (!probe && e.is_of_run) return skip(kId, e.subject, "nobody asked without a certificate: hairpin tls does");
  if (!probe || !has_connected(*probe)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  const auto counts = counts_of(e);
  if (auto differs = judge_differences(finding, counts)) return std::move(*differs);
  const auto mode = mutual_tls_of(e);
  if (!mode && !has_negotiated(*probe)) return skip_unseen(kId, e);
  finding.observed = mode ? std::string(word(*mode)) : ending_text(*probe);
  if (!mode && !probe->details->was_asked)
    return unknown(std::move(finding), "it asks for no client certificate in the handshake, and did not go on either",
                   "after the handshake: " + ending_text(*probe) + "; a server may ask later, by renegotiation",
                   "see whether the service wants a certificate for this path (IIS: SSL Settings; BIG-IP: an iRule), or ask for another --path");
  if (!mode)
    return unknown(std::move(finding), "it asks for a client certificate; whether it requires one is not known",
                   "the connection without a certificate: " + what_came(*probe),
                   was_taken_with_certificate(e) ? "ask for a --path that is served to who has the certificate"
                                                 : "give a client certificate that it takes (--cert, --key), so that both connections can be compared");
  if (mode == MutualTls::none && e.expect->mutual_tls == MutualTls::required && may_ask_later(*probe))
    return unknown(std::move(finding), "it asks for no client certificate in the handshake, and forbids the path",
                   fmt::format("HTTP {}: the path may want a certificate, which the server would ask for later", *probe->http_status),
                   "ask for a --path that is served without a certificate, or look at the service's settings");
  finding.summary = fmt::format("{} ({}){}", finding.observed, what_came(*probe), coverage_text(counts, *mode));
  if (!e.expect->mutual_tls) {
    finding.verdict = Verdict::info;
    return finding;
  }
  finding.expected = word(*e.expect->mutual_tls);
  if (*mode == *e.expect->mutual_tls && counts.unclear > 0)
    return unknown(std::move(finding), "whether every member does so is not known",
                   fmt::format("{} of {} connections without a certificate did not tell", counts.unclear, counts.bare()), "see tls-handshake, and ask again");
  if (*mode == *e.expect->mutual_tls) return finding;
  blame(finding, *e.expect->mutual_tls == MutualTls::required ? "mtls.not-required" : *mode == MutualTls::required ? "mtls.required-unexpectedly" : "mtls.not-as-promised");
  finding.summary = fmt::format("{}; promised: {}", finding.observed, finding.expected);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint); }

}  // namespace

std::optional<MutualTls> mutual_tls_of(const Examined& e) {
  const auto* probe = e.uncertified();
  return probe ? mode_by(e, *probe) : std::nullopt;
}

const Check mtls_request{
    .id = kId,
    .claim = "The server asks for a client certificate as the topology promises",
    .source = "topology: expect.tls.mutual; RFC 8446 §4.3.2, §4.4.2.4",
    .needs = "probe",
    .explanation =
        "Connections without a client certificate, as many as it takes to meet each of `--members` where somebody asks for one (in a run: one). No CertificateRequest: none. A request, and data or an orderly end afterwards: "
        "requested. A request and a refusal: required. In TLS 1.3 the client's handshake is complete before the server has "
        "seen that there is no certificate, so a request is sent and the answer read: the refusal is there. nginx refuses on a "
        "page (\"400 No required SSL certificate was sent\"); others with 400, 401, 403, 495 or 496 where the certificate gets a page below 400: "
        "required as well. A redirect that the certificate does not get may lead to a login, and a path that nobody gets says nothing: inconclusive. "
        "Handshakes of which some ask and others do not, or bare connections of which some go on, are `mtls.request-varies`. Who only hangs up, as BIG-IP may, is compared with the connection "
        "that has a certificate. Requests after the handshake (renegotiation, RFC 8446 §4.6.2) are not answered: a server that neither asks nor goes "
        "on, or forbids the path where a certificate is promised to be required, is inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

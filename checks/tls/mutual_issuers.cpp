// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-issuers";

const ProbeObservation* asked(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  if (usual && usual->details && usual->details->issuers) return usual;
  const auto* bare = e.uncertified();
  return bare && bare->details && bare->details->issuers ? bare : nullptr;
}

bool was_refused(const ProbeObservation& probe) { return probe.details->has_certificate && reception_of(probe) == Reception::refused; }

Finding judge_endpoint(const Examined& e) {
  const auto* probe = asked(e);
  const auto* usual = e.asked(TlsQuestion::usual);
  if (!probe && e.is_of_run && !(usual && has_negotiated(*usual))) return skip_unseen(kId, e);
  if (!probe) return skip(kId, e.subject, "the server asks for no client certificate");
  const auto& list = *probe->details->issuers;
  if (list.count > 0 && !list.has_ours && was_refused(*probe))
    return skip(kId, e.subject, "the server refuses our certificate: it may not know our issuer, or an intermediate is missing from ours", finding_id("mtls-accepted", e.subject));
  auto finding = finding_about(kId, e, *probe);
  finding.observed = fmt::format("{} authorities, {} bytes, {} twice", list.count, list.bytes, list.duplicates);
  finding.summary = list.count == 0 ? "the server names no authority: any client certificate may be chosen"
                                    : fmt::format("the server names {} authorities ({} bytes)", list.count, list.bytes);
  finding.expected = "our certificate's issuer among them, within 16,384 bytes";
  const bool has_certificate = probe->details->has_certificate;
  if (list.count > 0 && has_certificate && !list.has_ours) {
    blame(finding, "mtls.issuer-not-named");
    finding.summary = fmt::format("none of the {} authorities that the server names issued our certificate", list.count);
  } else if (list.bytes > kSchannelIssuerBytes) {
    blame(finding, "mtls.issuer-list-too-long");
    finding.summary = fmt::format("the list of authorities has {} bytes, Schannel takes 16,384", list.bytes);
    if (has_certificate) finding.summary += list.has_ours_in_reach ? "; our issuer is within them" : "; our issuer is beyond them";
  } else if (!has_certificate || list.count == 0) {
    finding.verdict = Verdict::info;
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint); }

}  // namespace

const Check mtls_issuers{
    .id = kId,
    .claim = "The authorities that the server names let clients find the right certificate",
    .source = "RFC 8446 §4.2.4, RFC 5246 §7.4.4; Microsoft KB 933430, 2464556",
    .needs = "probe; a client certificate to look for",
    .explanation =
        "Clients with several certificates choose by the names in the CertificateRequest; Windows and Java send none when nothing "
        "fits. A list without an issuer of our chain is `mtls.issuer-not-named`: what the server advertises and what it trusts "
        "are two settings (BIG-IP: Advertised and Trusted Certificate Authorities). More than 16,384 bytes, counted as Schannel "
        "does (two bytes and the name), is `mtls.issuer-list-too-long`: the rest is cut off, and a client whose issuer is there sends nothing. "
        "An empty list is allowed. Where the certificate is refused, a list without its issuers says nothing of its own: skipped.",
    .judge = judge};

}  // namespace hairpin::checks

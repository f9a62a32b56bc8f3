// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-signature";

/// TLS 1.0 and 1.1 know no other than MD5 with SHA-1: `tls-version` judges them.
bool has_choice(const ProbeObservation& probe) {
  return probe.tls && (probe.tls->version == "TLSv1.2" || probe.tls->version == "TLSv1.3") && has_shaken_hands(probe) && probe.details;
}

bool is_broken(const std::string& signature) { return signature.ends_with("+SHA1") || signature.ends_with("+MD5"); }

Finding judge_endpoint(const Examined& e) {
  Finding finding = finding_for(kId, e.subject);
  std::vector<std::string> texts;
  bool has_broken = false;
  for (const auto question : {TlsQuestion::only_tls12, TlsQuestion::only_tls13}) {
    const auto* probe = e.asked(question);
    if (!probe || !has_choice(*probe) || probe->details->signature.empty()) continue;
    finding.evidence.push_back(probe_evidence(*probe));
    texts.push_back(probe->tls->version + ": " + probe->details->signature);
    has_broken |= is_broken(probe->details->signature);
  }
  if (texts.empty()) return skip(kId, e.subject, "no handshake of TLSv1.2 or TLSv1.3 was signed");
  finding.attempts = static_cast<std::uint32_t>(texts.size());
  finding.expected = "a signature with SHA-256 or more, which we offer first";
  finding.observed = joined(texts, "; ");
  finding.summary = "signed with " + finding.observed;
  if (!has_broken) return finding;
  blame(finding, "tls.signature-weak");
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls12); }

}  // namespace

const Check tls_signature{
    .id = kId,
    .claim = "The server signs the handshake with a digest that is not broken",
    .source = "RFC 5246 §7.4.3, RFC 8446 §4.2.3, RFC 9155",
    .needs = "probe",
    .explanation =
        "We offer every signature of OpenSSL, SHA-256 and stronger first, SHA-1 last. Who signs the key exchange of TLS 1.2 with SHA-1 or MD5 all the "
        "same is `tls.signature-weak`, a warning: newer clients no longer offer them. Signatures of certificates are `tls-strength`'s. A key "
        "exchange without signature (RSA) is skipped.",
    .judge = judge};

}  // namespace hairpin::checks

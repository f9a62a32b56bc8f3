// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-signatures";

/// In TLS 1.2 the list counts for certificates too; TLS 1.3 may have a second list for them, which OpenSSL does not tell.
bool counts_for_certificates(const ProbeObservation& probe) { return probe.tls && probe.tls->version == "TLSv1.2"; }

/// Signatures that a key of this kind can make, as the beginning of their names.
bool can_sign(const std::string& key, const std::string& signature, bool is_tls13) {
  if (key == "RSA") return signature.starts_with("RSA-PSS+") || (!is_tls13 && signature.starts_with("RSA+"));
  if (key == "RSA-PSS") return signature.starts_with("RSA-PSS+");
  if (key.starts_with("EC ")) return signature.starts_with("ECDSA+");
  return key == "ED25519" ? signature == "Ed25519" : key == "ED448" ? signature == "Ed448" : true;
}

/// What of ours the server does not ask for; empty: nothing.
std::string missing_in(const ProbeObservation& probe) {
  const auto& details = *probe.details;
  const bool is_tls13 = !counts_for_certificates(probe);
  const auto& asked = details.asked_signatures;
  const bool is_of_use = std::any_of(asked.begin(), asked.end(), [&](const auto& one) { return can_sign(details.own_key, one, is_tls13); });
  if (!is_of_use) return "none that our key (" + details.own_key + ") can make";
  if (is_tls13) return {};
  for (std::size_t i = 0; i < details.own_signatures.size(); ++i) {
    const auto& own = details.own_signatures[i];
    if (!own.empty() && !lists(asked, own)) return "not " + own + ", by which " + (i == 0 ? "our certificate" : "its issuer's certificate") + " is signed";
  }
  return {};
}

Finding judge_endpoint(const Examined& e) {
  auto finding = finding_for(kId, e.subject);
  std::vector<std::string> texts, missing;
  bool has_certificate = false;
  for (const auto question : {TlsQuestion::only_tls12, TlsQuestion::only_tls13}) {
    const auto* probe = e.asked(question);
    if (!probe || !probe->details || !has_negotiated(*probe) || probe->details->asked_signatures.empty()) continue;
    finding.evidence.push_back(probe_evidence(*probe));
    texts.push_back(probe->tls->version + ": " + joined(probe->details->asked_signatures));
    has_certificate |= probe->details->has_certificate;
    const auto what = probe->details->has_certificate ? missing_in(*probe) : std::string();
    if (!what.empty()) missing.push_back(probe->tls->version + ": " + what);
  }
  if (texts.empty()) return skip(kId, e.subject, "the server asks for no client certificate in TLSv1.2 or TLSv1.3");
  finding.attempts = static_cast<std::uint32_t>(texts.size());
  finding.expected = "the signatures of our certificates among them";
  finding.observed = "asks for " + joined(texts, "; ");
  finding.summary = has_certificate ? "it takes the signatures that our certificate has and makes" : finding.observed;
  if (!has_certificate) finding.verdict = Verdict::info;
  if (missing.empty()) return finding;
  blame(finding, "mtls.signature-not-asked");
  finding.failed = static_cast<std::uint32_t>(missing.size());
  finding.summary = "of what the server asks for, " + joined(missing, "; ");
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls12); }

}  // namespace

const Check mtls_signatures{
    .id = kId,
    .claim = "The server asks for the signatures that our client certificate has and can make",
    .source = "RFC 5246 §7.4.4, §7.4.6; RFC 8446 §4.2.3; BIG-IP bug 499280",
    .needs = "probe; a client certificate (--cert, --key)",
    .explanation =
        "The CertificateRequest lists signatures. Our key has to make one of them, and in TLS 1.2 each certificate that we send, but a root, has to be "
        "signed by one: clients that go by the list (Windows, Java) send no certificate otherwise, and the server says that none came. "
        "That is `mtls.signature-not-asked`, a warning, because others send it all the same. TLS 1.3 may have a list of its own for certificates, "
        "which OpenSSL does not tell: there only the key counts. Without a client certificate the list is reported.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-strength";

/// An empty list allows any.
bool allows(const std::vector<std::string>& words, const std::string& word) { return words.empty() || lists(words, word); }

std::string key_text(const CertificateFacts& certificate) {
  const bool says_size = certificate.key.find('-') != std::string::npos;  // P-256
  return says_size ? certificate.key : fmt::format("{} {} bits", certificate.key, certificate.key_bits);
}

bool is_weak_key(const CertificateFacts& certificate, const TlsPolicy& policy) {
  if (certificate.key.starts_with("RSA")) return certificate.key_bits < policy.rsa_bits;
  return certificate.key.starts_with("EC ") && !allows(policy.curves, certificate.key.substr(3));
}

/// Of the leaf alone: which key the server signs with; the chain above it is the authority's.
bool is_of_a_kind_forbidden(const CertificateFacts& leaf, const TlsPolicy& policy) {
  return !allows(policy.keys, leaf.key.substr(0, leaf.key.find(' ')));
}

/// A root's own signature is never verified. An Ed25519 signature has its digest inside.
bool is_weak_signature(const CertificateFacts& certificate, const TlsPolicy& policy) {
  return !certificate.is_self_issued && !certificate.digest.empty() && !allows(policy.digests, certificate.digest);
}

void judge_chain(Finding& finding, const std::vector<CertificateFacts>& chain, const TlsPolicy& policy) {
  const auto& leaf = chain.front();
  const auto days = whole_days(leaf.not_after - leaf.not_before);
  if (policy.lifetime_days > 0 && days > policy.lifetime_days)
    blame(finding, "tls.lifetime-too-long", fmt::format("{} is valid for {} days, {} at most by policy {}", short_name(leaf), days, policy.lifetime_days, policy.name));
  if (is_of_a_kind_forbidden(leaf, policy))
    blame(finding, "tls.key-kind-forbidden", fmt::format("{} has the key {}, which policy {} does not list", short_name(leaf), key_text(leaf), policy.name));
  for (const auto& certificate : chain) {
    if (is_weak_key(certificate, policy))
      blame(finding, "tls.weak-key", fmt::format("{} has the key {}, which policy {} forbids", short_name(certificate), key_text(certificate), policy.name));
    if (is_weak_signature(certificate, policy))
      blame(finding, "tls.weak-signature", fmt::format("{} is signed with {}, which policy {} forbids", short_name(certificate), certificate.signature, policy.name));
  }
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& chain = probe.details->chain;
  auto finding = finding_about(kId, e, probe);
  for (const auto& certificate : chain)
    finding.observed += fmt::format("{}{}: {}, {}", finding.observed.empty() ? "" : "; ", short_name(certificate), key_text(certificate), certificate.signature);
  finding.summary = fmt::format("{}, {}", key_text(chain.front()), chain.front().signature);
  if (!e.expect->tls_policy) {
    finding.verdict = Verdict::info;
    return finding;
  }
  finding.expected = "policy " + e.expect->tls_policy->name;
  judge_chain(finding, chain, *e.expect->tls_policy);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_strength{
    .id = kId,
    .claim = "Keys, signatures and lifetimes of the chain are as strong as the policy demands",
    .source = "the policy (--policy); modern and intermediate: Mozilla Server Side TLS 5.7",
    .needs = "probe",
    .explanation =
        "Every certificate that was sent counts; the signature of a self-issued one is not looked at, because nobody verifies "
        "it. Without a policy it is reported, not judged.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-key-types";

/// What the leaf's key is, not whether the handshake went on: some servers send what they have.
std::string outcome(const ProbeObservation* probe, std::string_view kind) {
  if (!probe) return "not asked";
  const bool has_leaf = probe->details && !probe->details->chain.empty();
  if (!has_leaf) return "none (" + ending_text(*probe) + ")";
  const auto& leaf = probe->details->chain.front();
  return leaf.key.starts_with(kind) ? leaf.key : "none (a certificate with the key " + leaf.key + " came)";
}

Finding judge_endpoint(const Examined& e) {
  const auto* rsa = e.asked(TlsQuestion::only_rsa);
  const auto* ecdsa = e.asked(TlsQuestion::only_ecdsa);
  if (!rsa || !ecdsa) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *rsa);
  finding.evidence.push_back(probe_evidence(*ecdsa));
  finding.attempts = 2;
  finding.verdict = Verdict::info;
  finding.observed = finding.summary = fmt::format("for RSA alone: {}; for ECDSA alone: {}", outcome(rsa, "RSA"), outcome(ecdsa, "EC "));
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_rsa); }

}  // namespace

const Check tls_key_types{
    .id = kId,
    .claim = "Which kinds of key the server has certificates for is known",
    .source = "RFC 8446 §4.2.3; BIG-IP client SSL profile, Certificate Key Chain",
    .needs = "probe",
    .explanation =
        "One connection takes signatures and ciphers of RSA alone, one of ECDSA alone. It is reported, not judged: a server with both "
        "serves old clients with RSA and new ones faster with ECDSA; each has its own chain and its own last day.",
    .judge = judge};

}  // namespace hairpin::checks

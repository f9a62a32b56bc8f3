// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-trust";

bool is_of_the_leaf(const ChainError& error) { return error.code == x509::kWrongPurpose && error.depth == 0; }

/// What other checks judge: time, and what the leaf itself is for.
bool is_anothers(const ChainError& error) { return is_about_time(error) || is_of_the_leaf(error); }

bool is_about_purpose(const ChainError& error) {
  return error.code == x509::kRejected || error.code == x509::kWrongPurpose || error.code == x509::kUntrusted;
}

std::string_view cause_of(const std::vector<ChainError>& errors) {
  const auto has = [&](auto&& is_it) { return std::any_of(errors.begin(), errors.end(), is_it); };
  if (has(is_missing_issuer) || has(is_self_signed)) return "tls.untrusted";
  return has(is_about_purpose) ? "tls.issuer-not-for-servers" : "tls.chain-invalid";
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  auto finding = finding_about(kId, e, probe);
  if (!details.verification && e.is_of_run) return skip(kId, e.subject, "the topology names no roots that this source trusts");
  if (!details.verification)
    return unknown(std::move(finding), "the chain was not verified", "no certificate is trusted here", "name the site's root: --ca FILE");
  const auto& verification = *details.verification;
  finding.expected = "a path to a certificate that is trusted to name servers (" + verification.anchors + ")";
  finding.observed = joined(verification.path, " ← ");
  finding.summary = "trusted: " + (verification.path.empty() ? std::string() : verification.path.back());
  const auto errors = errors_that(details, [](const ChainError& error) { return !is_anothers(error); });
  if (errors.empty()) return finding;
  if (!verification.other_path.empty()) {
    blame(finding, "tls.path-hidden");
    quote(finding, errors);
    finding.observed = joined(verification.path, " ← ") + "; a valid path: " + joined(verification.other_path, " ← ");
    finding.summary += ": without the certificate of " + verification.led_astray_by + ", the chain verifies";
    return finding;
  }
  const auto& last = details.chain.back();
  const bool is_incomplete = !last.is_authority && !last.is_self_issued && std::all_of(errors.begin(), errors.end(), is_missing_issuer);
  if (is_incomplete) return skip(kId, e.subject, "the chain is not whole", finding_id("tls-chain", e.subject));
  blame(finding, cause_of(errors));
  quote(finding, errors);
  finding.summary += fmt::format(": {} at depth {}, {}", errors.front().text, errors.front().depth, errors.front().subject);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_trust{
    .id = kId,
    .claim = "The server's chain leads to a root that is trusted to name servers",
    .source = "RFC 5280 §6; OpenSSL trust settings, Windows certificate purposes",
    .needs = "probe; the site's root (--ca), or the system's",
    .explanation =
        "OpenSSL verifies the chain for the purpose of a TLS server; every error is recorded with its depth, not only the "
        "first. A root that is not among the trusted ones is `tls.untrusted`. A root or intermediate that may not name servers – "
        "its extended key usage, or the settings of the trust store (TRUSTED CERTIFICATE, as Windows' \"enable only the "
        "following purposes\") – is `tls.issuer-not-for-servers`: the certificate is fine, the entry in the store forbids it. "
        "Where two certificates of the chain have the same subject (cross-signed authorities), OpenSSL takes the first and never tries the "
        "second: each is left out in turn, and a path that verifies then is `tls.path-hidden`. "
        "Whatever else breaks the path is `tls.chain-invalid`. Time is judged by `tls-validity`, the leaf's own purpose by `tls-usage`.",
    .judge = judge};

}  // namespace hairpin::checks

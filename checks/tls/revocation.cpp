// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-revocation";
constexpr std::int32_t kNoList = 3, kListExpired = 12;  // X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED

std::vector<ChainError> with_code(const std::vector<ChainError>& errors, std::int32_t code) {
  std::vector<ChainError> some;
  std::copy_if(errors.begin(), errors.end(), std::back_inserter(some), [&](const ChainError& error) { return error.code == code; });
  return some;
}

std::string subjects_of(const std::vector<ChainError>& errors) {
  std::vector<std::string> names;
  for (const auto& error : errors) names.push_back(error.subject);
  return joined(names);
}

/// Whatever keeps a list from telling about the leaf: none, or one that cannot be used.
bool is_about_the_leaf(const ChainError& error) { return error.depth == 0 && error.code != kListExpired; }

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  if (!details.revocation) return skip(kId, e.subject, "no revocation list was given: --crl FILE");
  const auto& errors = details.revocation->errors;
  auto finding = finding_about(kId, e, probe);
  quote(finding, errors);
  finding.expected = "on none of the lists of " + details.revocation->lists;
  finding.observed = finding.summary = "not revoked";
  if (const auto revoked = with_code(errors, x509::kRevoked); !revoked.empty()) {
    blame(finding, "tls.revoked");
    finding.observed = "revoked: " + subjects_of(revoked);
    finding.summary += ": " + subjects_of(revoked);
    return finding;
  }
  const bool is_path_whole = details.verification && errors_that(details, is_missing_issuer).empty();
  if (!is_path_whole) return skip(kId, e.subject, "without a path to a trusted root no list can be verified", finding_id("tls-trust", e.subject));
  if (const auto blind = std::find_if(errors.begin(), errors.end(), is_about_the_leaf); blind != errors.end()) {
    blame(finding, "tls.revocation-unknown");
    finding.failed = 0;
    finding.observed = blind->text;
    finding.summary += ": " + blind->text;
  } else if (const auto old = with_code(errors, kListExpired); !old.empty()) {
    blame(finding, "tls.revocation-list-expired");
    finding.failed = 0;
    finding.observed = "the list about " + subjects_of(old) + " has expired";
  } else if (const auto others = with_code(errors, kNoList); !others.empty()) {
    finding.summary += "; not known of " + subjects_of(others) + ": no list of its issuer was given";
  }
  return finding;
}

/// A run has no revocation lists, and says nothing about them.
std::vector<Finding> judge(const Case& c) {
  const auto all = examined(c);
  return !all.empty() && all.front().is_of_run ? std::vector<Finding>() : judge_chains(c, kId, judge_endpoint);
}

}  // namespace

const Check tls_revocation{
    .id = kId,
    .claim = "No certificate of the server's chain is on the revocation lists that were given",
    .source = "RFC 5280 §6.3",
    .needs = "probe; revocation lists (--crl)",
    .explanation =
        "OpenSSL looks for every certificate of the chain on the lists of the file, each verified with its issuer; nothing is fetched. A "
        "certificate that is listed is `tls.revoked`, also by a list that has expired. No list of the leaf's issuer, or one that cannot be used, is "
        "`tls.revocation-unknown`; a list past its next update is `tls.revocation-list-expired`. Both are inconclusive: they say something "
        "about the file. An authority of the chain of which no list was given is named, and does not keep the leaf's from passing.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/chain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/pairs.hpp"

namespace hairpin::checks {

bool is_missing_issuer(const ChainError& error) {
  return error.code == x509::kNoIssuer || error.code == x509::kNoLocalIssuer || error.code == x509::kLeafUnverifiable;
}

bool is_self_signed(const ChainError& error) {
  return error.code == x509::kSelfSigned || error.code == x509::kSelfSignedInChain;
}

bool is_about_time(const ChainError& error) {
  return error.code == x509::kNotYetValid || error.code == x509::kExpired;
}

std::vector<ChainError> errors_that(const TlsDetails& details, const std::function<bool(const ChainError&)>& is_wanted) {
  std::vector<ChainError> errors;
  if (details.verification)
    std::copy_if(details.verification->errors.begin(), details.verification->errors.end(), std::back_inserter(errors), is_wanted);
  return errors;
}

void quote(Finding& finding, const std::vector<ChainError>& errors) {
  for (const auto& error : errors)
    finding.evidence.push_back({finding.subject.source + "/probe", {}, "",
                                fmt::format("X.509 error {} at depth {}, {}: {}", error.code, error.depth, error.subject, error.text), {}});
}

void quote_chain(Finding& finding, const TlsDetails& details) {
  for (std::size_t i = 0; i < details.chain.size(); ++i) {
    const auto& certificate = details.chain[i];
    finding.evidence.push_back({finding.subject.source + "/probe", {}, "",
                                fmt::format("sent {}: {}, issued by {}, valid until {}", i, certificate.subject,
                                            certificate.issuer, date(certificate.not_after)), {}});
  }
}

bool lists(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string short_name(const CertificateFacts& certificate) {
  return certificate.common_name.empty() ? certificate.subject : certificate.common_name;
}

std::string date(WallTime time) { return iso8601(time, 0).substr(0, 10); }

std::uint64_t whole_days(nanoseconds time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(std::chrono::floor<std::chrono::days>(time).count(), 0));
}

bool is_made_by_run(const std::vector<CertificateFacts>& chain) {
  return chain.front().issuer.starts_with(std::string("CN=") + kRunAuthority);
}

std::vector<Finding> judge_chains(const Case& c, std::string_view check,
                                  Finding (*judge_chain)(const Examined&, const ProbeObservation&)) {
  std::vector<Finding> findings;
  for (const auto& e : examined(c)) {
    const auto* probe = e.certified();
    findings.push_back(!probe                            ? skip_unseen(check, e)
                       : is_made_by_run(probe->details->chain) ? skip(check, e.subject, "the certificate is the run's own: the topology names none of this host")
                                                         : judge_chain(e, *probe));
  }
  return findings;
}

}  // namespace hairpin::checks

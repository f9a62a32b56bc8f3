// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checks/tls/examined.hpp"

/// What the checks of a server's certificates share.
namespace hairpin::checks {

/// X509_V_ERR_… of OpenSSL's x509_vfy.h: they are part of its interface and never change.
namespace x509 {
inline constexpr std::int32_t kNoIssuer = 2, kSignature = 7, kNotYetValid = 9, kExpired = 10, kSelfSigned = 18,
                              kSelfSignedInChain = 19, kNoLocalIssuer = 20, kLeafUnverifiable = 21, kRevoked = 23,
                              kWrongPurpose = 26, kUntrusted = 27, kRejected = 28, kNotAnAuthority = 79;
}

bool is_missing_issuer(const ChainError& error);   ///< nobody sent the issuer, and it is not trusted
bool is_self_signed(const ChainError& error);
bool is_made_by_run(const std::vector<CertificateFacts>& chain);  ///< it says nothing of the site
bool is_about_time(const ChainError& error);

/// The errors of the verification of which `is_wanted` is true; none when nothing was verified.
std::vector<ChainError> errors_that(const TlsDetails& details, const std::function<bool(const ChainError&)>& is_wanted);
/// Each error with its depth and certificate, as evidence.
void quote(Finding& finding, const std::vector<ChainError>& errors);
/// Each certificate in a line, as evidence.
void quote_chain(Finding& finding, const TlsDetails& details);
bool lists(const std::vector<std::string>& words, std::string_view word);
std::string short_name(const CertificateFacts& certificate);  ///< its common name, or its subject
std::string date(WallTime time);                              ///< 2027-01-31
std::uint64_t whole_days(nanoseconds time);

/// Calls `judge_chain` for every endpoint whose certificates were seen; the others are skipped.
std::vector<Finding> judge_chains(const Case& c, std::string_view check,
                                  Finding (*judge_chain)(const Examined&, const ProbeObservation&));

}  // namespace hairpin::checks

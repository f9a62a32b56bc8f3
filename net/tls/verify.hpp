// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/certificate_facts.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/tls/openssl.hpp"

/// Chains of certificates, judged by OpenSSL as a TLS peer would, with all errors instead of the first.
namespace hairpin::net {

/// Certificates that are trusted, with what they are trusted for: TRUSTED CERTIFICATE files keep that, as a Windows store
/// does ("enable only the following purposes").
class Anchors {
 public:
  /// Of a PEM text; `what` names it in reports and errors: "ca.pem".
  static Result<Anchors> read(const std::string& pem, std::string what);
  /// The directory and file that OpenSSL was built to look into.
  static Result<Anchors> of_the_system();
  /// Revocation lists, PEM or one in DER, from a file that `what` names. From then on `revocation` has something to look at.
  Result<> add_revocation_lists(const std::string& lists, std::string what);
  X509_STORE* native() const { return store_.get(); }
  const std::string& what() const { return what_; }
  const std::string& lists() const { return lists_; }  ///< whence the revocation lists are; empty: there are none

 private:
  std::shared_ptr<X509_STORE> store_;
  std::string what_, lists_;
};

enum class Purpose { any, server, client };  ///< of the certificate that is verified

struct VerifyOptions {
  Purpose purpose = Purpose::server;
  std::string name;             ///< FQDN or address that the leaf has to have; empty: none
  std::optional<WallTime> at;   ///< absent: now
  int auth_level = 0;           ///< X509_VERIFY_PARAM_set_auth_level: strength of keys and digests
  unsigned long flags = 0;      ///< X509_V_FLAG_…, beside those of the purpose
  int depth = -1;               ///< most intermediates; -1: OpenSSL's own limit
};

/// What the revocation lists say of the chain, which was verified before; absent where there are none.
std::optional<Revocation> revocation(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options);
/// Verifies the chain as it was sent, leaf first. Never fetches anything. Where it does not verify, and a certificate of the chain has
/// another with the same subject beside it, looks for the path that OpenSSL did not find.
Verification verify(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options);

/// Everything that OpenSSL would hold against the chain that it is verifying, if it went on after the first error.
std::vector<ChainError> all_errors(X509_STORE_CTX* under_verification);

}  // namespace hairpin::net

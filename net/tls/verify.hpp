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
  X509_STORE* native() const { return store_.get(); }
  const std::string& what() const { return what_; }

 private:
  std::shared_ptr<X509_STORE> store_;
  std::string what_;
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

/// Verifies the chain as it was sent, leaf first. Never fetches anything.
Verification verify(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options);

}  // namespace hairpin::net

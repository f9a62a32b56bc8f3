// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/result.hpp"
#include "net/tls.hpp"

/// A small certificate authority: ECDSA P-256, SHA-256. For agents (`hairpin pki`) and for the run's own certificates.
namespace hairpin::net {

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<IpAddress> addresses;
  std::chrono::hours lifetime{24};
  bool for_server = true;   ///< EKU serverAuth
  bool for_client = true;   ///< EKU clientAuth
};

Result<Identity> make_authority(const std::string& common_name, std::chrono::hours lifetime);
Result<Identity> issue(const Identity& authority, const CertificateRequest& request);

/// Files of a PKI directory: ca.crt, ca.key (0600), NAME.crt, NAME.key (0600). Never overwrites.
Result<> write_authority(const std::string& directory, const std::string& common_name);
Result<> write_issued(const std::string& directory, const CertificateRequest& request, const std::string& file_stem);
struct PkiFiles {
  Identity identity;
  std::string authority_pem;
};
/// Reads ca.crt, NAME.crt and NAME.key; a world-readable, encrypted or mismatched key is an error that says so.
Result<PkiFiles> read_pki(const std::string& directory, const std::string& file_stem);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/result.hpp"
#include "net/tls.hpp"

/// A small certificate authority: ECDSA P-256, SHA-256. For agents (`hairpin pki`) and for the run's own
/// certificates.
namespace hairpin::net {

/// Common name at most 64 characters; DNS names of letters, digits, '-', '.', '*' and '_'.
struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<IpAddress> addresses;
  std::chrono::hours lifetime{24};
  bool for_server = true;  ///< EKU serverAuth
  bool for_client = true;  ///< EKU clientAuth
  unsigned rsa_bits = 0;      ///< 0: ECDSA P-256
  std::chrono::hours age{0};  ///< how long ago its lifetime began; more than that, and it has expired
};

/// An authority that can sign leaves, and authorities to so many levels below it (pathlen). Valid from one hour ago,
/// because clocks differ.
Result<Identity> make_authority(const std::string& common_name, std::chrono::hours lifetime, unsigned levels_below = 0);
/// An intermediate that can sign leaves only.
Result<Identity> issue_authority(const Identity& authority, const std::string& common_name);
/// A leaf with subject alternative names; it does not outlive its authority. The PEM holds the leaf alone:
/// whoever verifies it has the authority's certificate.
Result<Identity> issue(const Identity& authority, const CertificateRequest& request);

/// The certificate as a TRUSTED CERTIFICATE that names servers and no clients: what Windows calls "enable only the following
/// purposes" (openssl x509 -addtrust serverAuth).
Result<std::string> trust_for_servers(const std::string& certificate_pem);

/// How long what `hairpin pki` makes is valid.
inline constexpr std::chrono::hours kAuthorityLifetime{24 * 365 * 10};

/// Files of a PKI directory: ca.crt, ca.key (0600), NAME.crt, NAME.key (0600). Never overwrites. Makes the
/// directory (0700) when it is missing. A name has letters, digits, '-', '_' and '.', begins with none of the
/// last two, and is not "ca".
Result<> write_authority(const std::string& directory, const std::string& common_name);
Result<> write_issued(const std::string& directory, const CertificateRequest& request,
                      const std::string& file_stem);
struct PkiFiles {
  Identity identity;
  std::string authority_pem;
};
/// Reads ca.crt, NAME.crt and NAME.key. Missing files, PEM that is none, a key that others can read, that is
/// encrypted or that belongs to another certificate, an expired certificate, another authority's: each is one
/// error that names the file and the mend.
Result<PkiFiles> read_pki(const std::string& directory, const std::string& file_stem);

/// Whether a certificate that is not valid now is an error, or what somebody else is to find out.
enum class Dates { have_to_fit, are_judged_later };
/// A certificate (leaf first, then intermediates) and its key from two files of anybody's, with the same errors. A
/// certificate's file that holds a key as well must be its owner's alone, too.
Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file, Dates dates = Dates::have_to_fit);
/// The text of a file of certificates that are to be trusted. With a private key in it, it must be its owner's alone.
Result<std::string> read_trusted_file(const std::string& file);
/// The kTicketKeyBytes of a file of its owner's alone.
Result<std::string> read_ticket_key_file(const std::string& file);
/// The text of a file of a password or the like: it must be its owner's alone.
Result<std::string> read_secret_file(const std::string& file);
/// The bytes of a file of revocation lists, PEM or DER.
Result<std::string> read_list_file(const std::string& file);

}  // namespace hairpin::net

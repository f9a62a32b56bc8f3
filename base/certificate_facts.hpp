// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/describe.hpp"

/// What can be read in a certificate, and what came of verifying a chain. Texts are fit for a screen.
namespace hairpin {

/// One X.509 certificate (RFC 5280).
struct CertificateFacts {
  std::string sha256;                       ///< of the DER form, hex
  std::uint32_t der_bytes = 0;
  std::uint32_t version = 3;
  std::string subject;                      ///< RFC 2253: "CN=pool01.example.com,O=Example"
  std::string issuer;
  std::string common_name;                  ///< of the subject; empty when it has none
  std::string serial;                       ///< hex; "-" in front when it is negative
  std::vector<std::string> dns_names;       ///< subject alternative names of type dNSName
  std::vector<std::string> addresses;       ///< … of type iPAddress
  WallTime not_before{};                    ///< at least 1970-01-01, as is …
  WallTime not_after{};                     ///< … this, which is at most 2262-01-01
  std::string key;                          ///< "RSA", "EC P-256", "ED25519"
  std::uint32_t key_bits = 0;
  std::string signature;                    ///< algorithm, OpenSSL's long name: "ecdsa-with-SHA256"
  std::string digest;                       ///< of the signature: "SHA256"; empty where it has none (ED25519)
  bool is_authority = false;                ///< may issue: basicConstraints CA:TRUE
  bool is_self_issued = false;              ///< subject and issuer are one name
  std::optional<std::vector<std::string>> purposes;   ///< extended key usage ("serverAuth"); absent: no extension
  std::optional<std::vector<std::string>> key_usage;  ///< ("digitalSignature"); absent: no extension
  std::string subject_key_id;               ///< hex; empty when there is none
  std::string authority_key_id;
  std::string issuer_url;                   ///< where the issuer's certificate can be had (authorityInfoAccess)
  bool must_staple = false;                 ///< asks for an OCSP staple (RFC 7633)
};
BOOST_DESCRIBE_STRUCT(CertificateFacts, (),
                      (sha256, der_bytes, version, subject, issuer, common_name, serial, dns_names, addresses, not_before,
                       not_after, key, key_bits, signature, digest, is_authority, is_self_issued, purposes, key_usage,
                       subject_key_id, authority_key_id, issuer_url, must_staple))

/// How the common name of an authority begins that a run makes for itself, with the run's id behind it. What such an
/// authority issued says nothing about the site.
inline constexpr const char* kRunAuthority = "hairpin run ";

/// One thing that OpenSSL holds against a chain.
struct ChainError {
  std::int32_t code = 0;    ///< X509_V_ERR_…
  std::string text;         ///< OpenSSL's words: "certificate has expired"
  std::uint32_t depth = 0;  ///< of the certificate in the chain that was built: 0 is the leaf
  std::string subject;      ///< of that certificate
};
BOOST_DESCRIBE_STRUCT(ChainError, (), (code, text, depth, subject))

/// A chain that was verified as a TLS client does: with what was sent and the trusted certificates, and nothing fetched.
/// Every error is here, not only the first.
struct Verification {
  std::string anchors;             ///< whence the trusted certificates are: "ca.pem", "the system's"
  std::vector<ChainError> errors;  ///< none: it verifies. Without those about the name, which are `has_name`'s
  std::vector<std::string> path;   ///< subjects of the chain that was built, leaf first
  std::string name;                ///< that was asked for; empty: none
  bool has_name = false;           ///< a subject alternative name covers it (never the common name, RFC 6125 §6.4.4)
  std::vector<std::string> other_path{};  ///< that verifies, where the built one does not: OpenSSL takes the first issuer and never goes back
  std::string led_astray_by{};       ///< … the certificate without which it is found: its subject and issuer
};
BOOST_DESCRIBE_STRUCT(Verification, (), (anchors, errors, path, name, has_name, other_path, led_astray_by))

/// What revocation lists that somebody gave say of the same chain (RFC 5280 §6.3). Nothing is fetched.
struct Revocation {
  std::string lists;               ///< whence they are: "crl.pem"
  std::vector<ChainError> errors;  ///< only those about revocation
};
BOOST_DESCRIBE_STRUCT(Revocation, (), (lists, errors))

BOOST_DEFINE_ENUM_CLASS(StapleStatus, not_told, good, revoked, unknown)

/// An OCSP response that came with the handshake (RFC 6960, RFC 6066 §8).
struct Staple {
  std::string response = "unreadable";     ///< "successful", "trylater"
  StapleStatus status{};                   ///< of the leaf; `not_told`: it says nothing of this certificate
  std::string responder;                   ///< subject of who signed it; empty: not known
  WallTime this_update{};
  std::optional<WallTime> next_update;
  bool has_issuer = false;                 ///< the leaf's issuer was sent or is trusted: the signature could be looked at
  bool is_signed = false;                  ///< by the issuer, or by somebody whom it named for that
  std::string error;                       ///< OpenSSL's words; empty when it is signed
};
BOOST_DESCRIBE_STRUCT(Staple, (), (response, status, responder, this_update, next_update, has_issuer, is_signed, error))

}  // namespace hairpin

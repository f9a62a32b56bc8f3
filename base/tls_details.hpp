// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/certificate_facts.hpp"
#include "base/describe.hpp"

namespace hairpin {

/// Schannel takes so many bytes of the names of authorities, and cuts off the rest (Microsoft KB 933430, event 36885).
inline constexpr std::uint32_t kSchannelIssuerBytes = 16'384;

/// The authorities that a server names when it asks for a client certificate (RFC 5246 §7.4.4, RFC 8446 §4.2.4).
struct IssuerList {
  std::uint32_t count = 0;
  std::uint32_t bytes = 0;           ///< Σ (2 + length of the DER name), as Schannel counts them
  std::uint32_t duplicates = 0;
  bool has_ours = false;             ///< an issuer in our client chain is named
  bool has_ours_in_reach = false;    ///< … within the first kSchannelIssuerBytes
};
BOOST_DESCRIBE_STRUCT(IssuerList, (), (count, bytes, duplicates, has_ours, has_ours_in_reach))

/// What a client learnt of a TLS session beside TlsFacts, where a question about TLS was asked.
struct TlsDetails {
  std::vector<CertificateFacts> chain;        ///< as the server sent it, leaf first
  std::optional<Verification> verification;   ///< absent: the server sent no certificate, or nothing is trusted here
  bool was_asked = false;                     ///< the server asked for a client certificate
  bool has_certificate = false;               ///< we had one to send
  std::optional<IssuerList> issuers;          ///< with the server's question
  std::string group;                          ///< of the key exchange: "X25519"; empty when not known
  bool is_resumed = false;
  std::uint32_t tickets = 0;                  ///< sessions to resume that the server gave
  std::uint32_t ticket_lifetime_s = 0;        ///< of the last one
  bool has_extended_master_secret = false;    ///< RFC 7627; TLS 1.3 always has
  bool has_secure_renegotiation = false;      ///< RFC 5746
  bool is_stapled = false;                    ///< an OCSP response came along
  bool is_impossible_here = false;            ///< our own OpenSSL refused to make this offer
  bool has_spoken = false;                    ///< bytes or an orderly end came after the handshake: the server went on
};
BOOST_DESCRIBE_STRUCT(TlsDetails, (), (chain, verification, was_asked, has_certificate, issuers, group, is_resumed, tickets,
                                       ticket_lifetime_s, has_extended_master_secret, has_secure_renegotiation, is_stapled,
                                       is_impossible_here, has_spoken))

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/certificate_facts.hpp"
#include "base/clock.hpp"
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

/// What came of a client's wish to negotiate anew within a connection of TLS 1.2 (RFC 5246 §7.4.1).
BOOST_DEFINE_ENUM_CLASS(Renegotiation, not_tried, accepted,
                        refused,     ///< by an alert, or by the end of the connection
                        unanswered)  ///< the phase's time limit passed

/// What came of a change of keys within a connection of TLS 1.3 that asks the server for its own (RFC 8446 §4.6.3).
BOOST_DEFINE_ENUM_CLASS(KeyUpdate, not_tried, unanswered, answered)

/// What came of data that were sent before the server's answer (0-RTT, RFC 8446 §2.3).
BOOST_DEFINE_ENUM_CLASS(EarlyData, not_sent, refused, accepted)

/// How the server ended the stream of its answer, before we ended ours.
BOOST_DEFINE_ENUM_CLASS(StreamEnd, not_seen,
                        close_notify,
                        bare,   ///< FIN without close_notify: whoever cuts the connection off looks the same
                        reset)

/// What a ServerHello chose, where nothing after it could be looked at.
struct ServerChoice {
  std::uint32_t cipher = 0;       ///< number of the suite in IANA's registry
  std::uint32_t compression = 0;  ///< 0: none; 1: DEFLATE (RFC 3749)
  bool has_session = false;       ///< TLS 1.3: it knows the session that it was shown (pre_shared_key)
};
BOOST_DESCRIBE_STRUCT(ServerChoice, (), (cipher, compression, has_session))

/// The records in which the server's answer came, by the bytes that they carry.
struct RecordSizes {
  std::uint32_t count = 0, first = 0, smallest = 0, largest = 0;
  std::uint32_t empty = 0;
  bool is_padded = false;  ///< CBC: up to 256 bytes of each are no data, and an empty one cannot be told
};
BOOST_DESCRIBE_STRUCT(RecordSizes, (), (count, first, smallest, largest, empty, is_padded))

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
  std::optional<Staple> staple;               ///< the OCSP response that came along
  std::optional<Revocation> revocation;       ///< where revocation lists were given
  std::uint32_t most_early_bytes = 0;         ///< that the last session allows; 0: none
  EarlyData early_data{};
  bool was_known_before = false;           ///< the same bytes went over a connection before, whose ServerHello knew the session
  bool is_impossible_here = false;            ///< our own OpenSSL refused to make this offer
  bool has_spoken = false;                    ///< bytes or an orderly end came after the handshake: the server went on
  std::string protocol;                       ///< that the server chose of ours (ALPN); empty: none
  bool has_downgrade_mark = false;            ///< ServerHello.random says: "I speak a newer version" (RFC 8446 §4.1.3)
  std::string signature;                      ///< by which the server signed the handshake: "ECDSA+SHA256"; empty: none
  std::vector<std::string> asked_signatures;  ///< that the server takes from clients, with its question for a certificate
  std::vector<std::string> own_signatures;    ///< of the certificates that we have to send, leaf first, but a root's
  std::string own_key;                        ///< … and the key of the leaf: "RSA", "EC P-256"
  KeyUpdate key_update{};
  Renegotiation renegotiation{};
  StreamEnd ending{};
  std::uint32_t hello_bytes = 0;              ///< of a ClientHello of our own making (net/tls/shaped_hello.hpp); 0: OpenSSL's
  std::optional<ServerChoice> choice;         ///< of the answer to it
  bool was_asked_later = false;               ///< the server asked for a client certificate after the handshake
  std::optional<RecordSizes> records;         ///< absent: none with an answer came
  std::optional<std::uint32_t> fragment_bytes;///< max_fragment_length that the server granted
  std::optional<milliseconds> patience;       ///< how long it waited for us until it ended; absent: it did not, or was not tried
};
BOOST_DESCRIBE_STRUCT(TlsDetails, (), (chain, verification, was_asked, has_certificate, issuers, group, is_resumed, tickets,
                                       ticket_lifetime_s, has_extended_master_secret, has_secure_renegotiation, staple, revocation,
                                       most_early_bytes, early_data, was_known_before, is_impossible_here, has_spoken, protocol,
                                       has_downgrade_mark, signature, asked_signatures, own_signatures, own_key, key_update,
                                       renegotiation, ending, hello_bytes, choice, was_asked_later, records, fragment_bytes, patience))

}  // namespace hairpin

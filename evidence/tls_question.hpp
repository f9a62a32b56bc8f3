// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/describe.hpp"

namespace hairpin {

/// What a connection asks about a server's TLS beside the way there. A connection without question is the path's alone.
enum class TlsQuestion {
  usual,                ///< as our best client does it: every version, name, certificate if there is one
  same_again,           ///< … once more, perhaps with another member of a pool
  without_certificate,  ///< … and no client certificate
  only_tls10, only_tls11, only_tls12, only_tls13,
  fallback,             ///< TLS 1.2 that says it is a fallback (RFC 7507)
  without_name,         ///< no server name (SNI)
  other_name,           ///< the name of a server that nobody has
  name_upper, name_dotted,  ///< the server's name in capitals, and with a dot at its end
  plaintext,            ///< a request without TLS
  renegotiation,        ///< TLS 1.2, negotiated anew within the connection
  compression,          ///< TLS 1.2 that can compress
  cipher_unencrypted, cipher_anonymous, cipher_export_grade,  ///< TLS 1.2 with ciphers of one class
  cipher_rc4, cipher_triple_des, cipher_static_rsa, cipher_cbc, ///< alone (base/cipher_class.hpp)
  protocol_http,        ///< ALPN: h2, http/1.1
  protocol_unknown,     ///< ALPN: a protocol that nobody speaks
  hello_300, hello_511, hello_1600, hello_17000,  ///< a ClientHello of so many bytes
  segments_first_byte, segments_record_header, segments_random, segments_name,  ///< a ClientHello in two TCP segments, with a pause;
                                                                                ///< named for what the first one ends in
  segments_at_once,     ///< … cut at all these places, without a pause
  small_records,        ///< a ClientHello in several TLS records
  post_quantum,         ///< … with a key share as long as that of X25519MLKEM768
  small_fragments,      ///< max_fragment_length 512 (RFC 6066 §4)
  half_close,           ///< close_notify right after the request, and then the answer is read
  stalled_connection, stalled_hello, stalled_session,  ///< silence after the TCP handshake, the ClientHello, the TLS handshake
  client_leaf_alone,    ///< our client certificate without its intermediates
  client_self_signed, client_stranger,  ///< a copy of it that signed itself; that an authority issued which nobody knows
  client_namesake,      ///< … an authority that has the name of the true one, and another key
  client_other_key,     ///< our client certificate itself, and a signature of another key
  client_long,          ///< … followed by certificates that issued nothing: more than one record
  client_revoked,       ///< a revoked one that the user has given
  client_issued,        ///< sound, made with the user's authority: what the next ones are compared with
  client_for_servers, client_expired, client_future,  ///< its certificates that are to be refused
  client_chain_1, client_chain_3, client_chain_9, client_chain_10,  ///< its certificates below so many intermediates
  asked_later,          ///< TLS 1.3 whose client may be asked for a certificate after the handshake (RFC 8446 §4.6.2)
  only_rsa, only_ecdsa, ///< signatures of certificates with such keys
  group_x25519, group_p256, group_p384,           ///< one group for the key exchange
  unknown_values,       ///< a ClientHello with values that nobody knows (GREASE, RFC 8701)
  key_update,           ///< TLS 1.3, new keys for both directions before the request
  session_tls12, resumed_tls12,   ///< a session to resume, and what came of resuming it
  session_tls13, resumed_tls13,
  moved_tls12, moved_tls13,       ///< the same session, shown with another name
  early_data,                     ///< the request along with the ClientHello that resumes (TLS 1.3)
  early_replay,                   ///< … by a ClientHello that was sent on another connection before, byte for byte
  bare_session_tls12, bare_session_tls13,  ///< a session with another name and no client certificate
  bare_resumed_tls12, bare_resumed_tls13,  ///< … shown with this name, without client certificate as well
  foreign_certificate,  ///< through a balancer to members that show, for once, a certificate that nobody can trust
  member_session,       ///< in a run: a session to resume, of whichever member answers
  member_resumed,       ///< … shown again, to whichever member answers then
  kept_open             ///< in a run: a request whose connection the members keep open for the next one
};

// Boost describes 52 names at once. tests/unit/evidence sees to it that none is missing here.
BOOST_DESCRIBE_ENUM_BEGIN(TlsQuestion)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, usual, same_again, without_certificate, only_tls10, only_tls11, only_tls12, only_tls13,
                           fallback, without_name, other_name, name_upper, name_dotted, plaintext, renegotiation, compression, cipher_unencrypted, cipher_anonymous,
                           cipher_export_grade, cipher_rc4, cipher_triple_des, cipher_static_rsa, cipher_cbc, protocol_http, protocol_unknown)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, hello_300, hello_511, hello_1600, hello_17000, only_rsa, only_ecdsa)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, segments_first_byte, segments_record_header, segments_random, segments_name,
                           segments_at_once, small_records, post_quantum, small_fragments, half_close, stalled_connection, stalled_hello,
                           stalled_session)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, client_leaf_alone, client_self_signed, client_stranger, client_namesake,
                           client_other_key, client_long, client_revoked, client_issued, client_for_servers, client_expired, client_future,
                           client_chain_1, client_chain_3, client_chain_9, client_chain_10, asked_later)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, group_x25519, group_p256, group_p384, session_tls12, resumed_tls12,
                           session_tls13, resumed_tls13, unknown_values, key_update)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, moved_tls12, moved_tls13, early_data, early_replay, bare_session_tls12,
                           bare_session_tls13, bare_resumed_tls12, bare_resumed_tls13, foreign_certificate, member_session, member_resumed, kept_open)
BOOST_DESCRIBE_ENUM_END(TlsQuestion)

inline constexpr const char* kUnknownServerName = "hairpin-unknown.invalid";  ///< RFC 2606 §2
inline constexpr const char* kUnknownProtocol = "hairpin-unknown";

}  // namespace hairpin
